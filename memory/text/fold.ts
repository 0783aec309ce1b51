/** Letters that Unicode does not take apart, though people type them as others. */
const plain: ReadonlyMap<string, string> = new Map([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ø', 'o'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['þ', 'th'],
  ['ł', 'l'],
  ['ħ', 'h'],
  ['ı', 'i'],
  ['‐', '-'],
  ['‑', '-'],
  ['’', "'"],
  ['ʼ', "'"],
]);

const ascii = /^[\0-\x7f]*$/;
// Marks that people leave out. Not all: in Hindi they are vowels, in Japanese they make another syllable, й is no и.
const omitted = /[\u0591-\u05c7\u064b-\u065f\u0670]+/gu;
// Marks of other scripts may stand between a letter and its own: Unicode orders them by where they are written.
const marked = /([\p{Script=Latin}\p{Script=Greek}еЕ])(\p{M}+)/gu;
const accents = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff]+/gu;
const unseen = /\p{Cf}+/gu;
const special = /[ßæœøđðþłħı‐‑’ʼ]/giu;

/** Sigma has a form of its own at the end of a word, which is not the same letter to a computer. */
export function lowerCase(text: string): string {
  return ascii.test(text) ? text.toLowerCase() : text.toLowerCase().replaceAll('ς', 'σ');
}

/**
 * One spelling for what people spell in several: compatible forms, marks and special letters become plain ones, what cannot
 * be seen goes. Case is kept: it says where the words of `fooBar` end.
 */
export function fold(text: string): string {
  if (ascii.test(text)) return text;
  return text
    .replace(unseen, '')
    .normalize('NFKD')
    .replace(omitted, '')
    .replace(marked, (_, letter: string, marks: string) => letter + marks.replace(accents, ''))
    .normalize('NFC')
    .replace(special, (letter) => plain.get(letter.toLowerCase()) ?? letter);
}
