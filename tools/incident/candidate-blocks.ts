import { agoText } from '../../src/cluster/index.ts';
import type { Action } from '../../src/incident/action.ts';
import type { RecurrenceVerdict } from '../../src/incident/history/port.ts';
import type { CandidateKept } from '../../src/incident/record/port.ts';
import { oneLine, Untrusted } from '../../src/kit/index.ts';
import type { Blocks } from './paging.ts';
import { plainName, stampText } from './words.ts';

export function verdictText(verdict: RecurrenceVerdict, candidates: number): string {
  if (verdict === 'recurrence') return 'RECURRENCE: this was there before, as far as its words tell';
  if (verdict === 'related') return `related: ${candidates} may have to do with it, none is clearly the same`;
  return 'first recorded: nothing that was searched is like it';
}

/** What a past report says is its author's; what of its actions became of it is the record's. */
export function candidateBlocks(
  candidate: CandidateKept,
  index: number,
  now: Date,
  /** Whether somebody gives a verdict: on the answer to a mere question nobody does. */
  isJudged = true,
): Blocks {
  const { kind, document, title, at, score, why, hint, cause, fix, actions, verdict, reason } = candidate;
  const standing = isJudged ? ` · ${verdict ?? 'NO VERDICT YET'}` : '';
  return [
    `${index + 1}. ${kind} ${plainName(document)}${at === undefined ? '' : ` of ${stampText(at).slice(0, 10)}`} · score ${score.toFixed(2)}, ${hint}${standing}`,
    new Untrusted(
      [
        oneLine(title, 200),
        ...why.slice(0, 6).map((one) => `why: ${oneLine(one, 160)}`),
        ...(cause === undefined ? [] : [`cause: ${oneLine(cause)}`]),
        ...(fix === undefined ? [] : [`fix: ${oneLine(fix)}`]),
      ].join('\n'),
    ),
    ...(reason === undefined ? [] : [Untrusted.byAgent(`verdict: ${oneLine(reason)}`)]),
    ...actions.slice(0, 10).flatMap((action) => actionLines(action, now)),
    ...(actions.length > 10 ? [`  and ${actions.length - 10} more actions`] : []),
  ];
}

/** `  act_… P1 open, never verified` and its title. */
export function actionLines(action: Action, now: Date): Blocks {
  const { id, priority, title } = action;
  return [`  ${id} ${priority} ${standingOf(action, now)}`, new Untrusted(oneLine(title, 200))];
}

export function standingOf({ status, verified, due }: Action, now: Date): string {
  const late = due !== undefined && status !== 'landed' && status !== 'dropped' && Date.parse(due) < now.getTime();
  const shown = status === 'open' || status === 'regressed' ? status.toUpperCase() : status;
  return [
    shown,
    ...(late ? [`OVERDUE since ${due}`] : []),
    verified === undefined ? 'never verified' : `verified ${verified.result} ${agoText(verified.at, now)}`,
  ].join(', ');
}
