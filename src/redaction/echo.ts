/**
 * What an agent sent comes back to it in an answer: the name it asked for, in a sentence that says there is no such thing. A
 * known value short enough to be guessed stays there as it was sent, for masking it would confirm the guess. But what is
 * left alone could also be asked for: a list of all guesses sent along would uncover the right one in the log that is read.
 * So only a few short strings count word by word; the rest counts only where all of it comes back.
 */
const mostWordwise = 16;
const longestWordwise = 128;
const mostWhole = 256;

export function sentBy(sent: readonly string[]): (text: string, start: number, end: number) => boolean {
  const strings = sent.filter((string) => string !== '').slice(0, mostWhole);
  const wordwise = strings.filter(({ length }) => length <= longestWordwise).slice(0, mostWordwise);
  return (text, start, end) => {
    const found = text.slice(start, end);
    return (
      wordwise.some((string) => holdsWord(string, found)) ||
      strings.some((string) => string.includes(found) && comesBackAround(text, start, end, string))
    );
  };
}

function holdsWord(string: string, word: string): boolean {
  for (let at = string.indexOf(word); at !== -1; at = string.indexOf(word, at + 1)) {
    if (!isWordCharacter(string[at - 1]) && !isWordCharacter(string[at + word.length])) return true;
  }
  return false;
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}

/** Whether the whole of `string` stands in the text such that the range lies in it. */
function comesBackAround(text: string, start: number, end: number, string: string): boolean {
  const from = Math.max(0, end - string.length);
  const at = text.slice(from, start + string.length).indexOf(string);
  return at !== -1 && from + at <= start;
}
