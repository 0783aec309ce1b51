import { judge } from './judge.ts';
import type { Judgement, Triage, TriageSnapshot } from './port.ts';
import type { Rubric } from './rubric.ts';
import { parseSnapshot } from './snapshot.ts';

export interface Replay {
  readonly snapshot: TriageSnapshot;
  readonly judgement: Judgement;
  /** What is judged otherwise than it was then, a line each; empty without a triage to hold it against. */
  readonly differences: readonly string[];
}

/** Judges a kept snapshot anew, by today's rubric and today's code. Errors: `snapshot-invalid`. */
export function replay(snapshotText: string, rubric: Rubric, stored?: Triage): Replay {
  const snapshot = parseSnapshot(snapshotText);
  const judgement = judge(snapshot, rubric);
  return { snapshot, judgement, differences: stored === undefined ? [] : differencesOf(stored, judgement) };
}

const mostCompared = 5;

function differencesOf(then: Triage, now: Judgement): readonly string[] {
  const lists: readonly (readonly [what: string, of: (one: Judgement) => readonly string[]])[] = [
    ['rules', ({ rules }) => rules.map(({ rule, severity }) => `${rule} (${severity})`)],
    ['first suspects', ({ suspects }) => suspects.slice(0, mostCompared).map(({ object }) => object)],
    ['changes', ({ changes }) => changes.map(({ what, object }) => `${what} ${object}`)],
    ['domains', ({ domains }) => domains],
    ['specialists', ({ specialists }) => specialists.map(({ agent }) => agent)],
    ['unread', ({ unread }) => unread.map(({ what }) => what)],
    ['episodes', ({ episodes }) => [String(episodes.length)]],
  ];
  const single: readonly (readonly [what: string, of: (one: Judgement) => string])[] = [
    ['rubric', ({ rubric }) => rubric],
    ['severity', ({ severity }) => severity],
  ];
  return [
    ...single.flatMap(([what, of]) => (of(then) === of(now) ? [] : [`${what}: ${of(then)} → ${of(now)}`])),
    ...lists.flatMap(([what, of]) => {
      const [was, is] = [of(then).join(', '), of(now).join(', ')];
      return was === is ? [] : [`${what}: ${was || 'none'} → ${is || 'none'}`];
    }),
  ];
}
