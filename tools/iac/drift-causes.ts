import type { StackView } from '../../src/change/wire/stacks.ts';
import { counted } from '../../src/cluster/index.ts';

/** After this a result of the nightly plans is old: a night was missed. */
export const staleMs = 36 * 3_600_000;

const fewest = 3;

/**
 * Stacks that could not be planned are often one trouble, told many times: the same words but for names and numbers, or
 * everything after some moment of the night.
 */
export function causeNotes(planned: readonly StackView[]): readonly string[] {
  const measured = planned.filter(({ drift }) => drift.at !== undefined);
  const failed = measured.filter(({ drift }) => drift.state === 'unknown');
  const classes = Map.groupBy(failed, ({ stack, drift }) => classOf(drift.why ?? '', stack));
  const largest = [...classes.values()].toSorted((a, b) => b.length - a.length)[0] ?? [];
  return [
    ...(largest.length < fewest
      ? []
      : [
          `ONE CAUSE? ${largest.length} of ${counted(failed.length, 'failure')} read the same; look for what they share before each by itself`,
        ]),
    ...tailNote(measured, failed.length),
  ];
}

function tailNote(measured: readonly StackView[], failures: number): readonly string[] {
  const inTime = measured.toSorted((a, b) => (a.drift.at ?? '').localeCompare(b.drift.at ?? ''));
  const tail = inTime.length - 1 - inTime.findLastIndex(({ drift }) => drift.state !== 'unknown');
  if (tail < fewest || tail === inTime.length || tail !== failures) return [];
  return [`CUT SHORT? the last ${tail} planned all failed and none before them: the run probably ended early`];
}

/** The words without what differs from stack to stack. */
function classOf(why: string, stack: string): string {
  const name = stack.split('/').at(-1) ?? stack;
  return why
    .replaceAll(stack, '…')
    .replace(/[\w.-]+/g, (word) => (word === name ? '…' : word))
    .replace(/"[^"]*"|'[^']*'/g, '…')
    .replace(/\b[0-9a-f]{7,}\b|\d+/g, '…')
    .replace(/\s+/g, ' ')
    .trim();
}
