import type { ChangeView } from '../../../src/change/wire/change.ts';

/** Changes of one set beside each other are one line of a list: they were asked for, and signed, together. */
export interface SetOfList {
  readonly set: string;
  readonly changes: readonly ChangeView[];
  readonly states: readonly ChangeView['state'][];
}

/** In the order of the list; a set stands where its first change stood. */
export function groupBySet(changes: readonly ChangeView[]): readonly SetOfList[] {
  const groups = Map.groupBy(changes, ({ set }) => set);
  return [...groups].map(([set, group]) => ({
    set,
    changes: group.toSorted((a, b) => a.order - b.order),
    states: [...new Set(group.map(({ state }) => state))],
  }));
}
