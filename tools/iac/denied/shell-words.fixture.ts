/** The words of a command line, as a shell splits one that has quotes and nothing to work out. */
export function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at += 1) {
    const letter = line.charAt(at);
    if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    word ??= '';
    if (letter === "'") {
      const end = line.indexOf("'", at + 1);
      if (end === -1) throw new Error(`a quote is open: ${line}`);
      word += line.slice(at + 1, end);
      at = end;
    } else if (letter === '\\') {
      at += 1;
      word += line.charAt(at);
    } else word += letter;
  }
  if (word !== undefined) words.push(word);
  return words;
}
