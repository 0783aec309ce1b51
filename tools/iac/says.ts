import { headOf, stripHiddenCharacters } from '../../src/kit/index.ts';

/** What the guard prints beside a denial, as it is: it has no fences and no budget of its own. */
const mostLines = 6;
const mostBytes = 1_200;
const longestLine = 900;

/** One line each, the first that fit; every word of them is ours or plain already. */
export function says(lines: readonly string[]): readonly string[] {
  const said: string[] = [];
  let room = mostBytes;
  for (const line of lines) {
    const whole = headOf(stripHiddenCharacters(line).replace(/\s+/g, ' ').trim(), longestLine).toWellFormed();
    room -= Buffer.byteLength(whole) + 1;
    if (room < 0 || said.length === mostLines) break;
    if (whole !== '') said.push(whole);
  }
  return said;
}
