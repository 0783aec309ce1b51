/**
 * How a mistyped word finds the one that was meant: words that share many runs of three characters are alike. Only words
 * take part: of an identifier or a number, one that is almost the same is another one.
 */
const shortest = 4;
const longest = 24;
const word = /^\p{L}+$/u;

/** Whether a term may be repaired, and may be what another one is repaired to. */
export function repairable(term: string): boolean {
  return term.length >= shortest && term.length <= longest && word.test(term);
}

/** Distinct, in no order that means anything; the ends count as characters, the beginning twice. */
export function trigramsOf(term: string): readonly string[] {
  const characters = ['^', '^', ...term, '$'];
  const grams = new Set<string>();
  for (let at = 0; at + 3 <= characters.length; at += 1) grams.add(characters.slice(at, at + 3).join(''));
  return [...grams];
}

/** 0 to 1: what two terms share of all their trigrams. */
export function likeness(one: string, other: string): number {
  const grams = new Set(trigramsOf(one));
  const others = trigramsOf(other);
  const shared = others.filter((gram) => grams.has(gram)).length;
  return shared / (grams.size + others.length - shared);
}
