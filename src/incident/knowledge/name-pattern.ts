/**
 * Names with `*` for any characters, and nothing else: whoever writes a file of known issues writes no expressions. Compared
 * without case, in a time that grows with pattern times name and no faster, whatever the pattern is.
 */
export type NamePattern =
  /** Only stars: it asks for nothing. */
  | { readonly asks: 'nothing' }
  /** Too little stands between the stars to mean anything in particular; fits nothing. */
  | { readonly asks: 'too-little' }
  | { readonly asks: 'name'; fits(name: string): boolean };

const longestName = 253;
/** Letters and digits beside a star, below which a pattern fits too much. */
const fewestBesideStar = 3;

export function namePattern(pattern: string): NamePattern {
  const wanted = pattern.trim().toLowerCase();
  if (wanted !== '' && /^\*+$/.test(wanted)) return { asks: 'nothing' };
  const said = wanted.replace(/[^\p{L}\p{N}]/gu, '').length;
  const isPlain = !wanted.includes('*');
  if (wanted.length > longestName || said < (isPlain ? 1 : fewestBesideStar)) return { asks: 'too-little' };
  return { asks: 'name', fits: (name) => fits(wanted, name.slice(0, longestName + 1).toLowerCase()) };
}

/** Where a star took too little, it takes one character more, and only the last star is asked again. */
function fits(pattern: string, name: string): boolean {
  let [here, there, star, taken] = [0, 0, -1, 0];
  while (there < name.length) {
    if (pattern[here] === '*') {
      star = here;
      taken = there;
      here += 1;
    } else if (here < pattern.length && pattern[here] === name[there]) {
      here += 1;
      there += 1;
    } else if (star >= 0) {
      here = star + 1;
      taken += 1;
      there = taken;
    } else return false;
  }
  while (pattern[here] === '*') here += 1;
  return here === pattern.length;
}
