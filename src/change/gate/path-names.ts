/**
 * Words of the gate about paths.
 *
 *  part     what stands between two `/`
 *  folded   a part as the most forgiving file system reads it: case, width and composition aside, without what HFS+ ignores,
 *           without the dots and spaces Windows drops, cut at the colon where NTFS begins another stream
 *  shown    a path that cannot play tricks on whoever reads it: hidden characters written out, cut when over-long
 */
const ignored = /\p{Default_Ignorable_Code_Point}|\p{Cf}/gu;

export function foldedPart(part: string): string {
  return foldedCase(part.replace(ignored, ''))
    .replace(/:.*$/s, '')
    .replace(/[. ]+$/, '');
}

/** Equal for two paths that some file system takes for one. */
export function foldedPath(path: string): string {
  return path.split('/').map(foldedPart).join('/');
}

/** Upper case first: `ß` and `ſ` have no lower case of their own that would meet `ss` and `s`. */
function foldedCase(text: string): string {
  return text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}

const longestShown = 200;

export function shownPath(path: string): string {
  const escaped = path
    .toWellFormed()
    .replace(/[^\x20-\x7e]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return escaped.length <= longestShown ? escaped : `${escaped.slice(0, longestShown)}…`;
}
