import { computed, type Symbolic } from './symbol.ts';

/** Without what a YAML's own alias repeats: that is also elsewhere, where it is not seen. Each part is gone through once. */
export function withoutAnchored(whole: Symbolic): Symbolic {
  const known = new Map<Symbolic, Symbolic>();
  const without = (symbol: Symbolic): Symbolic => {
    const before = known.get(symbol);
    if (before !== undefined) return before;
    const made = 'anchored' in symbol && symbol.anchored === true ? computed(symbol.place) : inside(symbol);
    known.set(symbol, made);
    return made;
  };
  const inside = (symbol: Symbolic): Symbolic => {
    if (symbol.is === 'document') return { ...symbol, content: without(symbol.content) };
    if (symbol.is === 'list') return { ...symbol, items: symbol.items.map(without) };
    if (symbol.is !== 'object') return symbol;
    const entries = [...symbol.entries].map(
      ([key, entry]) => [key, { ...entry, value: without(entry.value) }] as const,
    );
    return { ...symbol, entries: new Map(entries) };
  };
  return without(whole);
}
