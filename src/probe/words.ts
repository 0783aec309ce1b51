import { stripHiddenCharacters } from '../kit/index.ts';

const longest = 200;

/** What a host says of itself, as one short line. */
export function plainLine(text: string): string {
  const line = stripHiddenCharacters(text).replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
