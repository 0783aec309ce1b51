import type { Scalar, SourcePlace, ValuePath } from './port.ts';

/**
 * What an expression is known to be without running anything.
 *
 *  literal    a scalar that is written down, and where
 *  object     every key is known; a value may be computed
 *  list       how many items there are is known, and each of them; a set is one too, unless it is known to keep its order
 *  document   the text that `yamlencode` or `jsonencode` makes of something, or a heredoc that is such a text
 *  computed   anything else, and everything a secret could have had a part in
 *
 *  open       an object that may have keys beside those: any other lies in something computed
 *  anchored   other places of the same YAML repeat it
 */
export type Symbolic =
  | { readonly is: 'literal'; readonly value: Scalar; readonly place: SourcePlace; readonly anchored?: boolean }
  | {
      readonly is: 'object';
      readonly entries: ReadonlyMap<string, Entry>;
      readonly place: SourcePlace;
      readonly open?: boolean;
      readonly anchored?: boolean;
    }
  | {
      readonly is: 'list';
      readonly items: readonly Symbolic[];
      readonly place: SourcePlace;
      readonly ordered?: boolean;
      readonly anchored?: boolean;
    }
  | { readonly is: 'document'; readonly content: Symbolic; readonly place: SourcePlace }
  | { readonly is: 'computed'; readonly place: SourcePlace };

export interface Entry {
  readonly value: Symbolic;
  /** Where the key is written. */
  readonly key: SourcePlace;
}

export function computed(place: SourcePlace): Symbolic {
  return { is: 'computed', place };
}

/** What lies at a path. Undefined when a step of it is not written down. */
export function at(symbol: Symbolic, path: ValuePath): Symbolic | undefined {
  let found: Symbolic | undefined = symbol;
  for (const step of path) {
    if (found?.is === 'document') found = found.content;
    if (found?.is === 'object') {
      found = found.entries.get(String(step))?.value ?? (found.open === true ? computed(found.place) : undefined);
    } else if (found?.is === 'list') found = typeof step === 'number' ? found.items[step] : undefined;
    else return undefined;
  }
  return found;
}

/** The scalar it is; undefined for everything else. */
export function scalarOf(symbol: Symbolic | undefined): Scalar | undefined {
  return symbol?.is === 'literal' ? symbol.value : undefined;
}

/** Every end of it, with the path that leads there. What an open object has beside its keys is an end at its own path. */
export function* leavesOf(
  symbol: Symbolic,
  path: ValuePath = [],
): Generator<{ readonly path: ValuePath; readonly leaf: Symbolic }> {
  if (symbol.is === 'document') yield* leavesOf(symbol.content, path);
  else if (symbol.is === 'object') {
    if (symbol.open === true) yield { path, leaf: computed(symbol.place) };
    for (const [key, { value }] of symbol.entries) yield* leavesOf(value, [...path, key]);
  } else if (symbol.is === 'list') {
    for (const [index, item] of symbol.items.entries()) yield* leavesOf(item, [...path, index]);
  } else yield { path, leaf: symbol };
}

/** A text made of literals is written down too, in pieces. */
export function joined(parts: readonly (string | Symbolic)[], place: SourcePlace): Symbolic {
  let text = '';
  for (const part of parts) {
    const value = typeof part === 'string' ? part : scalarOf(part);
    if (value === undefined || value === null) return computed(place);
    text += String(value);
  }
  return { is: 'literal', value: text, place };
}

const known = new WeakMap<Symbolic, boolean>();

/** Whether nothing in it is computed. */
export function isWritten(symbol: Symbolic): boolean {
  const before = known.get(symbol);
  if (before !== undefined) return before;
  const written =
    symbol.is === 'literal' ||
    (symbol.is === 'document' && isWritten(symbol.content)) ||
    (symbol.is === 'list' && symbol.items.every(isWritten)) ||
    (symbol.is === 'object' &&
      symbol.open !== true &&
      [...symbol.entries.values()].every(({ value }) => isWritten(value)));
  known.set(symbol, written);
  return written;
}
