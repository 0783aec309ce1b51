/** A line that is not clean logfmt, in Loki's words. */
export class LogfmtMistake extends Error {}

/**
 * Hands on the pairs of `level=info msg="it works" flag`; a key without a value has the empty one. After a mistake it goes on
 * with the next word, or throws when `strict`. Every character is read once.
 */
export function eachLogfmtPair(line: string, strict: boolean, found: (name: string, text: string) => void): void {
  for (let at = 0; at < line.length; ) {
    if (isBlank(line, at)) {
      at += 1;
      continue;
    }
    const keyEnd = endOfWord(line, at);
    const key = line.slice(at, keyEnd);
    const value = readValue(line, key, keyEnd);
    if (value.text !== undefined) {
      found(key, value.text);
      at = value.end;
      continue;
    }
    if (strict) throw new LogfmtMistake(mistakeAt(line, value.end));
    for (at = value.end; at < line.length && !isBlank(line, at); ) at += 1;
  }
}

/** Without a text: what is wrong is at the end. */
function readValue(line: string, key: string, keyEnd: number): { readonly text?: string; readonly end: number } {
  if (key === '' || line[keyEnd] === '"') return { end: keyEnd };
  if (line[keyEnd] !== '=') return { text: '', end: keyEnd };
  const begun = keyEnd + 1;
  if (line[begun] !== '"') {
    const end = endOfWord(line, begun);
    return line[end] === '=' || line[end] === '"' ? { end } : { text: line.slice(begun, end), end };
  }
  for (let at = begun + 1; at < line.length; at++) {
    if (line[at] === '\\') at += 1;
    else if (line[at] === '"') return { text: unquote(line.slice(begun + 1, at)), end: at + 1 };
  }
  return { end: line.length };
}

function mistakeAt(line: string, at: number): string {
  const what = at < line.length ? `unexpected '${line[at]}'` : 'unterminated quoted value';
  return `logfmt syntax error at pos ${at + 1} : ${what}`;
}

/** A word ends at a blank, a quote or an equals sign. */
function endOfWord(line: string, begun: number): number {
  let at = begun;
  while (at < line.length && !isBlank(line, at) && line[at] !== '=' && line[at] !== '"') at += 1;
  return at;
}

function isBlank(line: string, at: number): boolean {
  return line.charCodeAt(at) <= 0x20;
}

function unquote(text: string): string {
  return text.includes('\\') ? text.replaceAll(/\\(.)/gs, (_, one: string) => meaning(one)) : text;
}

function meaning(character: string): string {
  return { n: '\n', r: '\r', t: '\t' }[character] ?? character;
}
