/** Some text of somebody's on one line, at most so many characters. */
export function oneLine(text: string, most = 300): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${headOf(line, most)}…` : line;
}

/** The beginning of a text. Half of a character at its end, also of a cut that was made before, is left out: no database keeps one. */
export function headOf(text: string, most: number): string {
  return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
}
