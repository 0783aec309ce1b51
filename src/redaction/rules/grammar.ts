import { alphabet, alphabets, type Scan } from '../scan.ts';

/**
 * How a name and its value are written down: `name: value`, `name=value`, `"name": "value"` with the quotes escaped any
 * number of times, `<name>value</name>`, `name%3Dvalue`. Read from the end of the name on.
 */
export interface Separator {
  readonly kind: 'colon' | 'equals' | 'element' | 'space';
  /** Where the value starts. */
  readonly end: number;
  readonly quotedName: boolean;
}

const quotes = alphabet('"\'`');
const blanks = 64;

/** Behind the quote at `at`, with the backslashes before it; `at` itself when there is none. */
function skipQuote(scan: Scan, at: number): number {
  const quote = scan.run(at, alphabets.backslash, 8);
  return scan.is(quote, quotes) ? quote + 1 : at;
}

export function readSeparator(
  scan: Scan,
  nameEnd: number,
  name: { readonly element?: boolean },
): Separator | undefined {
  let at = skipQuote(scan, nameEnd);
  const quoted = at > nameEnd;
  // In a sentence names stand in backticks.
  const quotedName = quoted && scan.text[at - 1] !== '`';
  if (scan.text[at] === ']') at += 1;
  if (name.element === true && scan.text[at] === '>') return { kind: 'element', end: at + 1, quotedName: false };
  const space = at;
  at = scan.run(at, quotedName ? alphabets.whitespace : alphabets.space, blanks);
  const spaced = at > space;
  const sign = signAt(scan, at);
  if (sign === undefined) return undefined;
  const behind = scan.run(sign.end, quotedName ? alphabets.whitespace : alphabets.space, blanks);
  // `name= other=…` in a log line: the value is empty.
  const emptyValue = sign.kind === 'equals' && !spaced && behind > sign.end && skipQuote(scan, behind) === behind;
  return emptyValue ? undefined : { kind: sign.kind, end: behind, quotedName };
}

function signAt(scan: Scan, at: number): { kind: 'colon' | 'equals'; end: number } | undefined {
  const { text } = scan;
  if (text[at] === ':') {
    if (text[at + 1] === '=') return { kind: 'equals', end: at + 2 };
    return text[at + 1] === ':' || text.startsWith('//', at + 1) ? undefined : { kind: 'colon', end: at + 1 };
  }
  if (text[at] === '=') return { kind: 'equals', end: '=>'.includes(text[at + 1] ?? ' ') ? at + 2 : at + 1 };
  const escaped = /^(?:%3[DA]|\\{1,4}u003[da])/i.exec(scan.slice(at, at + 9));
  return escaped === null ? undefined : { kind: 'equals', end: at + escaped[0].length };
}

export interface Value {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  /** Behind the closing quote. */
  readonly behind: number;
}

/** A quoted value may run over lines, as far as this. */
const quotedLimit = 4_096;

/** `word`: up to white space; `line`: up to the end of the line. Quoted values end at their own quote either way. */
export function readValue(scan: Scan, from: number, extent: 'word' | 'line'): Value {
  const opened = scan.run(from, alphabets.backslash, 8);
  const quote = scan.text[opened];
  if (quote !== undefined && scan.is(opened, quotes)) {
    const closed = closingQuote(scan, opened, opened - from);
    if (closed !== undefined) return { start: opened + 1, end: closed.start, quoted: true, behind: closed.end };
    const end = scan.lineEnd(opened + 1);
    return { start: opened + 1, end, quoted: true, behind: end };
  }
  const inside = templateEnd(scan, from) ?? from;
  const end = extent === 'line' ? restOfLine(scan, inside) : bareWord(scan, inside);
  return { start: from, end, quoted: false, behind: end };
}

/**
 * The quote that closes one opened behind `depth` backslashes. Each time a text is embedded in a string its quotes gain
 * backslashes, and those of its contents more than those that close it.
 */
function closingQuote(scan: Scan, opened: number, depth: number): { start: number; end: number } | undefined {
  const quote = scan.text[opened] ?? '"';
  let at = opened + 1;
  const limit = at + quotedLimit;
  while (at < limit) {
    const found = scan.find(quote, at, limit - at);
    if (found === -1) return undefined;
    const escapes = found - scan.runBack(found, alphabets.backslash, found - opened - 1);
    // A single quote doubled is YAML's and SQL's way to write one.
    if (quote === "'" && depth === 0 && escapes === 0 && scan.text[found + 1] === "'") at = found + 2;
    else if (escapes % (2 * (depth + 1)) === depth) return { start: found - depth, end: found + 1 };
    else at = found + 1;
  }
  return undefined;
}

const templates = [
  ['{{', '}}'],
  ['${{', '}}'],
  ['${', '}'],
  ['$(', ')'],
  ['(', ')'],
  ['<', '>'],
] as const;

/** `{{ … }}`, `$(…)`, `(sensitive value)`, `<your token>` hold blanks and are one value. */
function templateEnd(scan: Scan, from: number): number | undefined {
  const head = scan.slice(from, from + 3);
  const close = templates.find(([open]) => head.startsWith(open))?.[1];
  if (close === undefined) return undefined;
  const end = scan.find(close, from, 128);
  return end === -1 || scan.slice(from, end).includes('\n') ? undefined : end + close.length;
}

const lineStops = alphabet('\n"\'`\\');

function restOfLine(scan: Scan, from: number): number {
  let at = from;
  for (;;) {
    at = scan.until(at, lineStops);
    const stop = scan.text[at];
    if (stop === '\\' && !endsString(scan, at)) at += 2;
    else if (stop === "'" && !/[\s,;)\]]/.test(scan.text[at + 1] ?? ' ')) at += 1;
    else if (stop === '"' && scan.text[at - 1] === '=') {
      const closed = closingQuote(scan, at, 0);
      if (closed === undefined || closed.start > scan.lineEnd(at, quotedLimit) || closed.start === at + 1) return at;
      at = closed.end;
    } else return trimmedEnd(scan, from, Math.min(at, scan.text.length));
  }
}

/** A backslash that starts an escaped newline, tab or quote ends what stood in a string; any other is part of it. */
function endsString(scan: Scan, at: number): boolean {
  const behind = scan.run(at, alphabets.backslash, 8);
  return 'nrt"\'`'.includes(scan.text[behind] ?? ' ');
}

const wordStops = alphabet(' \t\n"\'`\\&;,%<]');
/** Where the next pair of a query string, a connection string or a log line begins. */
const nextPair = /^(?:[&;,](?:amp;)?[A-Za-z_][\w.-]{0,63}[=:]|%26[A-Za-z_]|<\/|\]\])/;

function bareWord(scan: Scan, from: number): number {
  let at = from;
  for (;;) {
    at = scan.until(at, wordStops);
    const stop = scan.text[at];
    if (stop === '\\' && !endsString(scan, at)) at += 2;
    else if (stop !== undefined && '&;,%<]'.includes(stop) && !nextPair.test(scan.slice(at, at + 72))) at += 1;
    else return trimmedEnd(scan, from, Math.min(at, scan.text.length));
  }
}

const closers = alphabet(')]}>,; \t');

function trimmedEnd(scan: Scan, from: number, end: number): number {
  return scan.runBack(end, closers, end - from);
}
