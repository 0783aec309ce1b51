/**
 * Reading a text in countable steps. Every loop of the pattern layer is in here, so `steps` is the work that was done,
 * and a test can hold it against the length of the text instead of trusting a clock.
 */
export type Alphabet = Uint8Array;

/** `a-z` style ranges and single characters; a hyphen last stands for itself. Only ASCII. */
export function alphabet(specification: string): Alphabet {
  const table = new Uint8Array(128);
  for (let index = 0; index < specification.length; index += 1) {
    const from = specification.charCodeAt(index);
    const isRange = specification[index + 1] === '-' && index + 2 < specification.length;
    const to = isRange ? specification.charCodeAt(index + 2) : from;
    if (isRange) index += 2;
    for (let code = from; code <= to; code += 1) table[code] = 1;
  }
  return table;
}

export const alphabets = {
  alphanumeric: alphabet('A-Za-z0-9'),
  upper: alphabet('A-Z0-9'),
  lower: alphabet('a-z0-9'),
  digits: alphabet('0-9'),
  hex: alphabet('A-Fa-f0-9'),
  word: alphabet('A-Za-z0-9_'),
  base64: alphabet('A-Za-z0-9+/'),
  base64Padded: alphabet('A-Za-z0-9+/='),
  base64Any: alphabet('A-Za-z0-9+/_-'),
  base64Url: alphabet('A-Za-z0-9_-'),
  dotted: alphabet('A-Za-z0-9_.-'),
  space: alphabet(' \t'),
  whitespace: alphabet(' \t\n'),
  backslash: alphabet('\\'),
} as const;

export class Scan {
  readonly text: string;
  steps = 0;
  #ahead: Map<string, number> | undefined;
  #answers: Map<string, boolean> | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** NaN outside the text. */
  code(at: number): number {
    return this.text.charCodeAt(at);
  }

  is(at: number, members: Alphabet): boolean {
    return members[this.text.charCodeAt(at)] === 1;
  }

  /** Behind the last member of the run that starts at `from`; at most `limit` characters on. */
  run(from: number, members: Alphabet, limit = Number.POSITIVE_INFINITY): number {
    const { text } = this;
    const end = Math.min(text.length, from + limit);
    let at = from;
    while (at < end && members[text.charCodeAt(at)] === 1) at += 1;
    this.steps += at - from + 1;
    return at;
  }

  /** The start of the run that ends before `from`. */
  runBack(from: number, members: Alphabet, limit: number): number {
    const { text } = this;
    const start = Math.max(0, from - limit);
    let at = from;
    while (at > start && members[text.charCodeAt(at - 1)] === 1) at -= 1;
    this.steps += from - at + 1;
    return at;
  }

  /** Like `run` over everything but `stops`; characters beyond ASCII never stop it. */
  until(from: number, stops: Alphabet, limit = Number.POSITIVE_INFINITY): number {
    const { text } = this;
    const end = Math.min(text.length, from + limit);
    let at = from;
    while (at < end && stops[text.charCodeAt(at)] !== 1) at += 1;
    this.steps += at - from + 1;
    return at;
  }

  /** Where `needle` starts within the next `limit` characters, or -1. */
  find(needle: string, from: number, limit: number): number {
    const at = this.text.slice(from, from + limit).indexOf(needle);
    this.steps += at === -1 ? Math.min(limit, Math.max(0, this.text.length - from)) : at + needle.length;
    return at === -1 ? -1 : from + at;
  }

  /** Like `find` without a limit; asked again and again with growing `from`, it reads the text once. */
  findAhead(needle: string, from: number): number {
    this.#ahead ??= new Map();
    const known = this.#ahead.get(needle);
    if (known !== undefined && (known === -1 || known >= from)) return known;
    const at = this.text.indexOf(needle, from);
    this.steps += (at === -1 ? this.text.length : at) - from;
    this.#ahead.set(needle, at);
    return at;
  }

  /** A question about the whole text, answered once. */
  once(question: string, answer: (text: string) => boolean): boolean {
    this.#answers ??= new Map();
    const known = this.#answers.get(question);
    if (known !== undefined) return known;
    this.steps += this.text.length;
    const result = answer(this.text);
    this.#answers.set(question, result);
    return result;
  }

  /** The text before `at`, back to the last row of dashes within `limit` characters. */
  sliceBack(at: number, limit: number): string {
    const before = this.text.slice(Math.max(0, at - limit), at);
    const rest = before.slice(before.lastIndexOf('-----') + 1);
    this.steps += rest.length;
    return rest;
  }

  slice(from: number, to: number): string {
    this.steps += Math.max(0, to - from);
    return this.text.slice(from, to);
  }

  startsWith(needle: string, at: number): boolean {
    this.steps += needle.length;
    return this.text.startsWith(needle, at);
  }

  /** Compares ASCII letters without case; `needle` is lowercase. */
  startsWithFolded(needle: string, at: number): boolean {
    for (let index = 0; index < needle.length; index += 1) {
      this.steps += 1;
      const code = this.text.charCodeAt(at + index);
      const folded = code >= 65 && code <= 90 ? code + 32 : code;
      if (folded !== needle.charCodeAt(index)) return false;
    }
    return true;
  }

  /** The newline that ends this line, or the end of the text; at most `limit` characters on. */
  lineEnd(from: number, limit = Number.POSITIVE_INFINITY): number {
    const end = Math.min(this.text.length, from + limit);
    const newline = limit === Number.POSITIVE_INFINITY ? this.text.indexOf('\n', from) : this.find('\n', from, limit);
    const at = newline === -1 ? end : newline;
    this.steps += Math.max(1, at - from);
    return at;
  }

  lineStart(at: number, limit: number): number {
    const start = Math.max(0, at - limit);
    const newline = this.text.slice(start, at).lastIndexOf('\n');
    this.steps += at - start;
    return newline === -1 ? start : start + newline + 1;
  }

  /**
   * True when a word can start here: the character before is no letter or digit, or it only ends an escape: the `n` of a
   * `\n` inside JSON, the `D` of `%3D` inside a URL.
   */
  startsWord(at: number): boolean {
    if (at === 0 || !this.is(at - 1, alphabets.alphanumeric)) return true;
    this.steps += 6;
    const before = this.text.slice(Math.max(0, at - 6), at);
    return /(?:\\[nrtbfv0]|%[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4})$/.test(before);
  }
}
