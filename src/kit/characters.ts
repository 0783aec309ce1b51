/**
 * Characters that change how text is read without being seen: terminal escapes, C0 and C1 controls (but newline and tab),
 * bidirectional overrides and isolates, zero-width and blank filler characters, and the tag block.
 */
const esc = String.fromCodePoint(0x1b);
const bell = String.fromCodePoint(0x07);

const csi = String.fromCodePoint(0x9b);

/**
 * CSI sequences, OSC sequences that end on their own line, and the two-character escapes. An OSC that never ends loses
 * only its escape: otherwise one line could hide those behind it.
 */
const terminal = new RegExp(
  `(?:${esc}\\[|${csi})[0-?]{0,64}[ -/]{0,8}[@-~]|${esc}\\][^${bell}${esc}\\n]{0,4096}(?:${bell}|${esc}\\\\)|${esc}[@-Z\\\\^_]`,
  'g',
);

const hiddenRanges: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x034f, 0x034f],
  [0x061c, 0x061c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0x13430, 0x1343f],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
];
const hidden = new RegExp(
  `[${hiddenRanges.map(([from, to]) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`).join('')}]`,
  'gu',
);

/** What `stripHiddenCharacters` removes, in one pattern: for those who need to know where. */
export const hiddenSequences = new RegExp(`${terminal.source}|${hidden.source}`, 'gu');

/** Removes them; a carriage return before a newline goes too, a lone one becomes a newline; half a surrogate pair is replaced. */
export function stripHiddenCharacters(text: string): string {
  return text.toWellFormed().replace(/\r\n?/g, '\n').replace(terminal, '').replace(hidden, '');
}
