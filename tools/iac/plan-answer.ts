import type { PlanSummary, RunView } from '../../src/change/wire/run.ts';
import { type Answer, text, Untrusted } from '../../src/kit/index.ts';
import { hiddenValues } from './plan-changes.ts';
import { type Detail, levels } from './plan-detail.ts';
import { headlineOf, nextSteps, type ToldRun } from './plan-headline.ts';
import { planLines } from './plan-lines.ts';
import { agentBlock, commitText, keepNotes, plainName, problemBlock } from './words.ts';

/** Two lines of fence, and the mark before each line inside. */
const fenceBytes = 110;

/**
 * A run as an agent reads it. Ahead stand the keep's own words (state, counts, risk, next step); what comes out of the
 * repository, the plan or an engine stands behind them, fenced, as an agent's words: the patch in it is one's.
 */
export function planAnswer(told: ToldRun): Answer {
  const { run, keep, now, room } = told;
  const headline = headlineOf(told);
  const covered = coveredBy(run);
  const notes = [...nextSteps(told), ...hiddenNote(run.summary), ...keepNotes(keep, now)];
  const problems = problemBlock(keep);
  const taken = [headline, covered, ...notes].reduce((sum, line) => sum + Buffer.byteLength(line) + 2, 120);
  const fenced = problems.reduce(
    (sum, one) => sum + (one instanceof Untrusted ? one.bytes + fenceBytes : one.length),
    0,
  );
  const lines = fitting(run, room - taken - fenced - fenceBytes);
  return text({
    asOf: dateOf(run.changedAt, now),
    coverage: { covered, missing: missingOf(run.summary) },
    headline,
    blocks: [...agentBlock(lines), ...problems],
    narrow: `more with run=${run.id} and budget= up to 24000`,
    notes,
  });
}

function fitting(run: RunView, room: number): readonly string[] {
  const bytes = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 3, 0);
  const tried = (detail: Detail): readonly string[] => planLines(run, detail);
  const level = levels.find((detail) => bytes(tried(detail)) <= room) ?? levels.at(-1);
  return level === undefined ? [] : tried(level);
}

function coveredBy({ stack, base, proposed, engine, stateOf }: RunView): string {
  return [
    `stack ${plainName(stack)} at base ${commitText(base)}`,
    proposed === undefined ? 'the base itself, no change' : `proposed tree ${commitText(proposed)}`,
    ...(engine === undefined ? [] : [/^[A-Za-z]{1,20}(?: v?\d[\w.+-]{0,30})?$/.test(engine) ? engine : '?']),
    ...(stateOf === undefined ? [] : [`state serial ${stateOf.serial}`]),
  ].join(', ');
}

function missingOf(summary: PlanSummary | undefined): readonly { readonly what: string; readonly why: string }[] {
  const unknown = summary?.blastRadius.unknown.length ?? 0;
  return [
    ...(unknown === 0 ? [] : [{ what: 'part of the blast radius', why: `${unknown} named below` }]),
    ...(summary?.complete === false ? [{ what: 'part of the plan', why: 'the engine says it is incomplete' }] : []),
  ];
}

function hiddenNote(summary: PlanSummary | undefined): readonly string[] {
  const hidden = summary === undefined ? 0 : hiddenValues(summary);
  if (hidden === 0) return [];
  return [
    `${hidden} values not shown: sensitive, or computed and so possibly made of a secret; only literals of the source are`,
  ];
}

function dateOf(at: string, now: Date): Date {
  const time = Date.parse(at);
  return Number.isNaN(time) ? now : new Date(time);
}
