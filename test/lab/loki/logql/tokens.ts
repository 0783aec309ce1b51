import type { Position } from '../query-error.ts';

export type TokenKind =
  | 'identifier'
  | 'string'
  | 'number'
  | 'duration'
  | 'bytes'
  | 'range'
  | 'flag'
  | 'symbol'
  | 'end'
  /** What is not LogQL at all; the text says why. It matters only to who gets that far. */
  | 'mistake';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of a string, what it stands for; of a range, what is between the brackets. */
  readonly text: string;
  readonly position: Position;
}

const unclosedRange = "missing closing ']' in duration";

/** Longest first. */
const symbols = ['|=', '|~', '|>', '!=', '!~', '!>', '=~', '==', '>=', '<='].concat([...'{}()[],|=<>+-*/%^']);

const patterns = {
  space: /[ \t\r\n]+/y,
  comment: /#[^\n]*/y,
  identifier: /[A-Za-z_][A-Za-z0-9_]*/y,
  quoted: /"(?:[^"\\\n]|\\.)*"/y,
  raw: /`[^`]*`/y,
  flag: /--[a-z][a-z-]*/y,
  duration: /(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d|w|y))+(?![A-Za-z0-9_])/y,
  bytes: /\d+(?:\.\d+)?(?:[KMGT]i?B|B|[kmgt]i?b|b)(?![A-Za-z0-9_])/y,
  number: /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y,
} as const;

/** Reads every character once, up to the end or the first mistake. */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;
  const take = (name: keyof typeof patterns): string | undefined => {
    const pattern = patterns[name];
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  while (at < source.length) {
    const blank = take('space') ?? take('comment');
    if (blank !== undefined) {
      const lastBreak = blank.lastIndexOf('\n');
      if (lastBreak >= 0) {
        line += blank.split('\n').length - 1;
        lineStart = at + lastBreak + 1;
      }
      at += blank.length;
      continue;
    }
    const [kind, written, text] = tokenAt(source, at, take);
    tokens.push({ kind, text, position: { line: isMadeUp(kind, text) ? 0 : line, column: at - lineStart + 1 } });
    if (kind === 'mistake') return tokens;
    at += written;
    const lastBreak = kind === 'symbol' ? -1 : source.slice(at - written, at).lastIndexOf('\n');
    if (lastBreak >= 0) {
      line += source.slice(at - written, at).split('\n').length - 1;
      lineStart = at - written + lastBreak + 1;
    }
  }
  tokens.push({ kind: 'end', text: '', position: { line, column: at - lineStart + 1 } });
  return tokens;
}

/** Tokens that Loki's scanner puts together from several of its own; it has no line for those. */
function isMadeUp(kind: TokenKind, text: string): boolean {
  if (kind === 'symbol') return text.length > 1;
  return ['duration', 'bytes', 'range', 'flag'].includes(kind) || (kind === 'mistake' && text === unclosedRange);
}

type Read = readonly [kind: TokenKind, written: number, text: string];

function tokenAt(source: string, at: number, take: (name: keyof typeof patterns) => string | undefined): Read {
  const first = source[at];
  if (first === '"') {
    const quoted = take('quoted');
    if (quoted === undefined) return ['mistake', 0, 'literal not terminated'];
    const text = unquote(quoted);
    return text === undefined ? ['mistake', 0, 'invalid char escape'] : ['string', quoted.length, text];
  }
  if (first === '`') {
    const raw = take('raw');
    return raw === undefined ? ['mistake', 0, 'literal not terminated'] : ['string', raw.length, raw.slice(1, -1)];
  }
  if (first === "'") return ['mistake', 0, 'invalid char literal'];
  if (first === '[') {
    const end = source.indexOf(']', at);
    if (end < 0) return ['mistake', 0, unclosedRange];
    return ['range', end + 1 - at, source.slice(at + 1, end)];
  }
  for (const kind of ['duration', 'bytes', 'number', 'identifier', 'flag'] as const) {
    const text = take(kind);
    if (text !== undefined) return [kind, text.length, text];
  }
  const symbol = symbols.find((one) => source.startsWith(one, at));
  if (symbol !== undefined) return ['symbol', symbol.length, symbol];
  // Any other character passes for a name, and so is one where none is expected.
  return ['identifier', first === undefined ? 1 : first.length, first ?? ''];
}

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/** What a quoted text stands for; undefined when an escape in it is none. */
function unquote(quoted: string): string | undefined {
  const inner = quoted.slice(1, -1);
  if (!inner.includes('\\')) return inner;
  let valid = true;
  const text = inner.replaceAll(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{3})|(.))/gs,
    (_, short?: string, long?: string, hexadecimal?: string, octal?: string, other?: string) => {
      const digits = short ?? long ?? hexadecimal;
      const point = digits === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(digits, 16);
      if (point <= 0x10ffff) return String.fromCodePoint(point);
      const simple = simpleEscapes[other ?? ''];
      valid &&= simple !== undefined;
      return simple ?? '';
    },
  );
  return valid ? text : undefined;
}
