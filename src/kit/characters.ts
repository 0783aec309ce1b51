/**
 * Characters that change how text is read without being seen: terminal escapes, C0 and C1 controls (but newline and tab),
 * bidirectional overrides and isolates, zero-width characters, and the tag block.
 */
const esc = String.fromCodePoint(0x1b);
const bell = String.fromCodePoint(0x07);

/** CSI and OSC sequences, and the two-character escapes. */
const terminal = new RegExp(
  `${esc}(?:\\[[0-?]{0,64}[ -/]{0,8}[@-~]|\\][^${bell}${esc}]{0,4096}(?:${bell}|${esc}\\\\)?|[@-Z\\\\-_])`,
  'g',
);

const hiddenRanges: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x061c, 0x061c],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe0fff],
];
const hidden = new RegExp(
  `[${hiddenRanges.map(([from, to]) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`).join('')}]`,
  'gu',
);

/** Removes them; a carriage return before a newline goes too, a lone one becomes a newline. */
export function stripHiddenCharacters(text: string): string {
  return text.replace(terminal, '').replace(/\r\n?/g, '\n').replace(hidden, '');
}
