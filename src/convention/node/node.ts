/**
 * What a rule looks at, wherever it was written: HCL, YAML inside HCL, or a plan.
 *
 *  node     a scalar, a list, a map, or `unknown`: something is there, and nobody can say what before an apply
 *  open     a list or map that may hold more than can be seen
 *  place    where it stands in the source; what came out of a variable stands where the variable was given its value
 */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export type Scalar = string | number | boolean | null;

export type Node = { readonly place?: Place | undefined } & (
  | { readonly kind: 'scalar'; readonly value: Scalar }
  /** `isSet`: whatever it says, it says something. */
  | { readonly kind: 'unknown'; readonly isSet?: boolean }
  | { readonly kind: 'list'; readonly items: readonly Node[]; readonly open: boolean }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Node>; readonly open: boolean }
);

/** Whether something is so; `unknown` when it hangs on what is not known. */
export type Truth = 'yes' | 'no' | 'unknown';

export function scalar(value: Scalar, place?: Place): Node {
  return { kind: 'scalar', value, place };
}

export function unknown(place?: Place): Node {
  return { kind: 'unknown', place };
}

/** A value that is there and is made of what is not known. */
export function computed(place: Place): Node {
  return { kind: 'unknown', place, isSet: true };
}

export function list(
  items: readonly Node[],
  { open = false, place }: { open?: boolean; place?: Place | undefined } = {},
): Node {
  return { kind: 'list', items, open, place };
}

/** A map that is given is taken as it is: nobody writes into it later. */
export function map(
  entries: Iterable<readonly [string, Node]>,
  { open = false, place }: { open?: boolean; place?: Place | undefined } = {},
): Node {
  return { kind: 'map', entries: entries instanceof Map ? entries : new Map(entries), open, place };
}

/** What providers and YAML write for «not set»: null, an empty text, an empty list or map. */
export function isAbsent(node: Node | undefined): boolean {
  if (node === undefined) return true;
  if (node.kind === 'scalar') return node.value === null || node.value === '';
  if (node.kind === 'list') return node.items.length === 0 && !node.open;
  return node.kind === 'map' && node.entries.size === 0 && !node.open;
}

/** The value of a scalar as text: providers write `"2"` where YAML says `2`. Undefined for everything else, and for null. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}

export function entryOf(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === 'map' ? node.entries.get(key) : undefined;
}

export function not(truth: Truth): Truth {
  return truth === 'unknown' ? 'unknown' : truth === 'yes' ? 'no' : 'yes';
}

export function anyOf(truths: readonly Truth[]): Truth {
  return truths.includes('yes') ? 'yes' : truths.includes('unknown') ? 'unknown' : 'no';
}

export function allOf(truths: readonly Truth[]): Truth {
  return not(anyOf(truths.map(not)));
}

/** Whether two say the same; what is not set equals what is not set, however that is written. */
export function same(one: Node | undefined, other: Node | undefined): Truth {
  if (one?.kind === 'unknown' || other?.kind === 'unknown') return 'unknown';
  if (isAbsent(one) || isAbsent(other)) return isAbsent(one) && isAbsent(other) ? 'yes' : 'no';
  if (one?.kind === 'scalar' || other?.kind === 'scalar') return textOf(one) === textOf(other) ? 'yes' : 'no';
  if (one?.kind === 'list' && other?.kind === 'list') {
    const open: Truth = one.open || other.open ? 'unknown' : 'yes';
    if (one.items.length !== other.items.length) return open === 'yes' ? 'no' : 'unknown';
    return allOf([open, ...one.items.map((item, index) => same(item, other.items[index]))]);
  }
  if (one?.kind === 'map' && other?.kind === 'map') {
    const keys = [...new Set([...one.entries.keys(), ...other.entries.keys()])];
    const open: Truth = one.open || other.open ? 'unknown' : 'yes';
    return allOf([open, ...keys.map((key) => same(one.entries.get(key), other.entries.get(key)))]);
  }
  return 'no';
}
