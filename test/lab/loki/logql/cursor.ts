import { parseError, type QueryError } from '../query-error.ts';
import { rangeOperations, vectorOperations } from './syntax.ts';
import { type Token, tokenize } from './tokens.ts';

/** Walks over the tokens of a query. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: string) {
    this.#tokens = tokenize(source);
  }

  get token(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Error('read past the end of a query');
    if (token.kind === 'mistake') throw parseError(token.text, token.position);
    return token;
  }

  /** Whether the name here is the function, or only called as it: `sum` is one before `(`, `by (` and `without (`. */
  get isFunction(): boolean {
    const [next, after] = [this.#tokens[this.#at + 1], this.#tokens[this.#at + 2]];
    if (next?.kind === 'symbol') return next.text === '(';
    const grouped = next?.kind === 'identifier' && (next.text === 'by' || next.text === 'without');
    return grouped && after?.kind === 'symbol' && after.text === '(';
  }

  get ended(): boolean {
    return this.token.kind === 'end';
  }

  /** The token after this one. */
  get following(): Token | undefined {
    return this.#tokens[this.#at + 1];
  }

  advance(): Token {
    const { token } = this;
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  sees(symbol: string): boolean {
    return this.token.kind === 'symbol' && this.token.text === symbol;
  }

  seesWord(word: string): boolean {
    return this.token.kind === 'identifier' && this.token.text === word;
  }

  take(symbol: string): boolean {
    if (!this.sees(symbol)) return false;
    this.advance();
    return true;
  }

  takeWord(word: string): boolean {
    if (!this.seesWord(word)) return false;
    this.advance();
    return true;
  }

  /** `expecting` are the alternatives as Loki lists them. */
  expect(symbol: string, ...expecting: readonly string[]): void {
    if (!this.take(symbol)) throw this.unexpected(...expecting);
  }

  expectKind(kind: Token['kind'], ...expecting: readonly string[]): Token {
    if (this.token.kind !== kind) throw this.unexpected(...expecting);
    return this.advance();
  }

  unexpected(...expecting: readonly string[]): QueryError {
    const list = expecting.length === 0 ? '' : `, expecting ${expecting.join(' or ')}`;
    const { position } = this.token;
    return parseError(`syntax error: unexpected ${nameOf(this.token, this.isFunction)}${list}`, position);
  }
}

const kindNames: Readonly<Partial<Record<Token['kind'], string>>> = {
  identifier: 'IDENTIFIER',
  string: 'STRING',
  number: 'NUMBER',
  duration: 'DURATION',
  bytes: 'BYTES',
  range: 'RANGE',
  flag: 'FUNCTION_FLAG',
  end: '$end',
};

/** A token as Loki's messages name it: words of the language and symbols as they are, the rest by kind. */
function nameOf({ kind, text }: Token, isFunction: boolean): string {
  if (kind === 'identifier') {
    if (functions.has(text)) return isFunction ? text.toUpperCase() : 'IDENTIFIER';
    if (reserved.has(text)) return text;
  }
  return kindNames[kind] ?? text;
}

const functions: ReadonlySet<string> = new Set([...rangeOperations, ...vectorOperations]);

const reserved: ReadonlySet<string> = new Set([
  ...['by', 'without', 'bool', 'offset', 'on', 'ignoring', 'group_left', 'group_right', 'or', 'and', 'unless', 'ip'],
  ...['json', 'logfmt', 'regexp', 'pattern', 'unpack', 'unwrap', 'line_format', 'label_format', 'decolorize'],
  ...['drop', 'keep'],
]);
