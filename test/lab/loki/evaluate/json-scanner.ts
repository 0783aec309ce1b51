/**
 * Reads JSON as Loki's parser does: what comes before a mistake counts, numbers and objects keep the text they were written
 * in, and what follows the value is nobody's business. Every character is read once.
 */
export class JsonScanner {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Passes over blanks; the next character is this one, which is taken. */
  take(character: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  sees(character: string): boolean {
    this.#skipBlanks();
    return this.#text[this.at] === character;
  }

  /** A string, as what it stands for. */
  string(): string {
    this.#skipBlanks();
    const begun = this.at;
    if (this.#text[begun] !== '"') throw new JsonMistake(unclosedObject);
    this.#skipString();
    return decode(this.#text.slice(begun, this.at));
  }

  /** Any value: a string as what it stands for, the rest as it is written. `null` is none. */
  value(): string | undefined {
    this.#skipBlanks();
    const begun = this.at;
    if (this.#text[begun] === '"') return this.string();
    this.skipValue();
    const written = this.#text.slice(begun, this.at);
    return written === 'null' ? undefined : written;
  }

  skipValue(): void {
    this.#skipBlanks();
    const first = this.#text[this.at];
    if (first === '"') this.#skipString();
    else if (first === '{' || first === '[') this.#skipBlock();
    else this.#skipWord();
  }

  #skipWord(): void {
    const word = /true|false|null|-?[0-9][0-9.eE+-]*/y;
    word.lastIndex = this.at;
    const found = word.exec(this.#text);
    if (found === null) throw new JsonMistake('Unknown value type');
    this.at += found[0].length;
  }

  #skipBlanks(): void {
    while (' \t\r\n'.includes(this.#text[this.at] ?? 'end')) this.at += 1;
  }

  #skipString(): void {
    for (this.at += 1; this.at < this.#text.length; this.at++) {
      if (this.#text[this.at] === '"') {
        this.at += 1;
        return;
      }
      if (this.#text[this.at] === '\\') this.at += 1;
    }
    throw new JsonMistake("Value is string, but can't find closing '\"' symbol");
  }

  #skipBlock(): void {
    const begun = this.#text[this.at];
    let open = 0;
    while (this.at < this.#text.length) {
      const character = this.#text[this.at];
      if (character === '"') {
        this.#skipString();
        continue;
      }
      this.at += 1;
      if (character === '{' || character === '[') open += 1;
      if (character === '}' || character === ']') open -= 1;
      if (open === 0) return;
    }
    throw new JsonMistake(begun === '{' ? unclosedObject : "Value is array, but can't find closing ']' symbol");
  }
}

/** What a line that is not JSON is told, in Loki's words. */
export class JsonMistake extends Error {}

const unclosedObject = "Value looks like object, but can't find closing '}' symbol";

export function notAnObject(): JsonMistake {
  return new JsonMistake(unclosedObject);
}

function decode(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1); // An escape that is none: the text stays as it is written.
  }
}
