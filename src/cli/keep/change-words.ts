import { changeText, tellingChange } from '../../../tools/iac/change-headline.ts';
import { levels } from '../../../tools/iac/plan-detail.ts';
import { planLines } from '../../../tools/iac/plan-lines.ts';
import type { ChangeView } from '../../change/wire/change.ts';
import type { KeepState } from '../../change/wire/protocol.ts';
import type { RunView } from '../../change/wire/run.ts';
import { stripHiddenCharacters } from '../../kit/index.ts';

/** Changes and runs as a human reads them in a terminal. Names come from agents and from the repository: no terminal obeys them. */
const plain = (text: string): string => stripHiddenCharacters(text).replace(/\s+/g, ' ').trim();

/** A line a set. */
export function setLines(changes: readonly ChangeView[], now: Date): readonly string[] {
  const sets = [...Map.groupBy(changes, ({ set }) => set).values()];
  return sets.flatMap((set) => {
    const first = tellingChange(set);
    if (first === undefined) return [];
    const more = set.length === 1 ? '' : ` (and ${set.length - 1} more)`;
    return [`${first.set}  ${plain(changeText(first, now))}${more}  · ${plain(first.agent)} for ${plain(first.human)}`];
  });
}

/** All of a set, and where it is decided. */
export function showSet(changes: readonly ChangeView[], keep: KeepState, now: Date): readonly string[] {
  const [first] = changes;
  if (first === undefined) return ['there is no such change'];
  const [whole] = levels;
  return [
    `${first.set} · ${changes.length} change(s)`,
    `asked by  ${plain(first.agent)} for ${plain(first.human)}`,
    `because   ${plain(first.reason)} (their words)`,
    `base      commit ${first.base}`,
    ...keepLines(keep),
    ...changes.flatMap((view) => [
      '',
      plain(changeText(view, now)),
      ...(view.words === undefined ? [] : [`  rejected with: ${plain(view.words)}`]),
      ...(view.why === undefined ? [] : [`  why: ${plain(view.why)}`]),
      ...(view.expected ?? []).map(
        ({ what, result, detail }) => `  expected ${plain(what)}: ${result} · ${plain(detail)}`,
      ),
      ...(whole === undefined ? [] : planLines(view, whole).map((line) => `  ${stripHiddenCharacters(line)}`)),
    ]),
    '',
    `decide at ${addressOf(keep, first.set)}`,
  ];
}

/** A plan run, and what consenting to it means. */
export function showRun(view: RunView, keep: KeepState): readonly string[] {
  return [
    `run       ${view.id} · ${view.state}`,
    `asked by  ${plain(view.agent)} for ${plain(view.human)}`,
    ...(view.reason === undefined ? [] : [`because   ${plain(view.reason)} (their words)`]),
    `stack     ${plain(view.stack)}`,
    `base      commit ${view.base}`,
    `proposed  tree ${view.proposed ?? 'the base itself'}`,
    `changes   ${view.changedFiles.length} file(s)`,
    ...view.changedFiles.map(({ path, change }) => `  ${change.padEnd(8)} ${plain(path)}`),
    'findings',
    ...view.findings.map(({ verdict, rule, file, line, message }) => {
      const place = file === undefined ? '' : ` ${plain(file)}${line === undefined ? '' : `:${line}`}`;
      return `  ${verdict.padEnd(8)} ${rule}${place}: ${plain(message)}`;
    }),
    ...(view.state === 'needs-consent'
      ? [
          'Consent lets exactly this be parsed and planned in the sandbox. It approves nothing and applies nothing.',
          `decide at ${addressOf(keep, view.id)}`,
        ]
      : []),
  ];
}

/** Where it is decided. Nothing is decided in a terminal. */
export function addressOf({ console: origin }: KeepState, id: string): string {
  return origin === undefined ? "the keep's console, which is not served" : `${origin}/#/${id}`;
}

export function keepLines({ boundary, frozenSince, problems, foreign = [] }: KeepState): readonly string[] {
  return [
    ...(boundary === 'same user' ? ['boundary  same user (--seat-belt): a guard against accidents only'] : []),
    ...(frozenSince === undefined ? [] : [`FROZEN    since ${frozenSince}: nothing is applied`]),
    ...foreign.map(({ stack, at, what }) => `FOREIGN   apply on ${plain(stack)}, seen ${at}: ${plain(what)}`),
    ...problems.map((problem) => `trouble   ${plain(problem)}`),
  ];
}
