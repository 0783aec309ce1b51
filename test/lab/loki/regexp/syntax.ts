/**
 * The syntax tree of a regular expression as LogQL knows them (RE2): no lookaround and no backreference, so that matching
 * takes time proportional to the text.
 */
export type Regexp =
  | { readonly kind: 'set'; readonly ranges: readonly Range[]; readonly negated: boolean }
  | { readonly kind: 'at'; readonly where: 'text-start' | 'text-end' | 'line-start' | 'line-end' | 'word' | 'not-word' }
  | { readonly kind: 'sequence'; readonly parts: readonly Regexp[] }
  | { readonly kind: 'choice'; readonly options: readonly Regexp[] }
  | { readonly kind: 'repeat'; readonly of: Regexp; readonly min: number; readonly max: number };

/** Code points, both ends included. */
export type Range = readonly [from: number, to: number];

export class RegexpError extends Error {}

export const digits: readonly Range[] = [[0x30, 0x39]];
export const spaces: readonly Range[] = [
  [0x09, 0x0a],
  [0x0c, 0x0d],
  [0x20, 0x20],
];
export const words: readonly Range[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const lower: Range = [0x61, 0x7a];
const upper: Range = [0x41, 0x5a];

/** `[[:name:]]` */
export const namedSets: Readonly<Record<string, readonly Range[]>> = {
  alnum: [...digits, upper, lower],
  alpha: [upper, lower],
  ascii: [[0, 0x7f]],
  blank: [
    [0x09, 0x09],
    [0x20, 0x20],
  ],
  cntrl: [
    [0, 0x1f],
    [0x7f, 0x7f],
  ],
  digit: digits,
  graph: [[0x21, 0x7e]],
  lower: [lower],
  print: [[0x20, 0x7e]],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  space: [
    [0x09, 0x0d],
    [0x20, 0x20],
  ],
  upper: [upper],
  word: words,
  xdigit: [...digits, [0x41, 0x46], [0x61, 0x66]],
};

export const lastCodePoint = 0x10ffff;

/** Every code point that is in none of the ranges. */
export function complement(ranges: readonly Range[]): Range[] {
  const outside: Range[] = [];
  let next = 0;
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (from > next) outside.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  if (next <= lastCodePoint) outside.push([next, lastCodePoint]);
  return outside;
}
