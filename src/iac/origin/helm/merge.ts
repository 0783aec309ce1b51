import { computed, type Entry, type Symbolic } from '../symbol.ts';

/** Keys that are laid over each other at most for one release. */
const mostSteps = 100_000;

/**
 * What Helm makes of two documents of values: the later one wins key by key, a list or a scalar as a whole. What a computed one
 * has is not known, so all keys that the later one does not have are computed with it.
 */
export function openMerge(): (base: Symbolic, later: Symbolic) => Symbolic {
  let steps = mostSteps;

  const merge = (base: Symbolic, later: Symbolic): Symbolic => {
    steps -= 1;
    if (steps < 0) return computed(later.place);
    if (later.is !== 'object') return later;
    if (base.is === 'computed') return opened(later);
    if (base.is !== 'object') return later;
    const entries = new Map<string, Entry>(base.entries);
    for (const [name, entry] of later.entries) {
      const before = entries.get(name)?.value ?? (base.open === true ? computed(base.place) : undefined);
      entries.set(name, before === undefined ? entry : { ...entry, value: merge(before, entry.value) });
    }
    return { is: 'object', entries, place: later.place, ...(base.open === true ? { open: true } : {}) };
  };

  /** Laid over something that is not known: every object in it may have more keys. */
  const opened = (symbol: Symbolic): Symbolic => {
    steps -= 1;
    if (steps < 0) return computed(symbol.place);
    if (symbol.is !== 'object') return symbol;
    const entries = [...symbol.entries].map(
      ([name, entry]) => [name, { ...entry, value: opened(entry.value) }] as const,
    );
    return { is: 'object', entries: new Map(entries), place: symbol.place, open: true };
  };
  return merge;
}
