import { Lexer, type Token, type Tokens } from 'marked';
import type { Block, Flaw, ReadBlocks } from './blocks.ts';
import { readHtml } from './html.ts';

/**
 * Markdown into blocks. The lexer reads block by block only: what is inside a line is never parsed, and what is nested is
 * flattened before it sees it, because its time grows with the square of depth and its stack with depth. A document is given
 * to it in pieces, so that the square of anything is that of a piece.
 */
const piece = 16_384;
const longestPiece = 24_576;
/** Columns of white space and marks of lists or quotes that a line may begin with. */
const deepestIndent = 16;
const mostMarks = 6;

export function readMarkdown(text: string, firstLine = 1): ReadBlocks {
  const blocks: Block[] = [];
  const flawed: Flaw[] = [];
  for (const part of cutIntoPieces(text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n'), firstLine)) {
    if (part.flattened !== undefined) {
      flawed.push({ line: part.flattened, what: 'nesting', why: 'lists or quotes deeper than six are read as flat' });
    }
    if (part.code) {
      blocks.push({ kind: 'code', text: part.lines.join('\n'), line: part.line });
      continue;
    }
    const source = part.lines.join('\n');
    const tokens = tokensOf(source);
    if (tokens === undefined) {
      flawed.push({ line: part.line, what: 'text', why: 'its Markdown cannot be parsed: it is kept as plain text' });
      blocks.push({ kind: 'paragraph', text: source, line: part.line });
    } else walk(tokens, { line: part.line, depth: 0 }, { blocks, flawed });
  }
  return { blocks, flawed };
}

function tokensOf(source: string): readonly Token[] | undefined {
  try {
    return new Lexer({ gfm: true }).blockTokens(source, []);
  } catch {
    // The stack or the parser gave way: the caller keeps the text and lists the place.
    return undefined;
  }
}

interface Piece {
  readonly line: number;
  readonly lines: readonly string[];
  readonly code: boolean;
  readonly flattened: number | undefined;
}

function* cutIntoPieces(lines: readonly string[], firstLine: number): Generator<Piece> {
  let open: string[] = [];
  let start = firstLine;
  let size = 0;
  let flattened: number | undefined;
  let fence: string | undefined;
  const take = (code: boolean, next: number): Piece => {
    const taken = { line: start, lines: open, code, flattened };
    [open, start, size, flattened] = [[], next, 0, undefined];
    return taken;
  };
  for (const [index, line] of lines.entries()) {
    const at = firstLine + index;
    const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
    if (fence !== undefined) {
      if (mark?.[1]?.startsWith(fence) === true && mark[2]?.trim() === '') {
        fence = undefined;
        yield take(true, at + 1);
      } else open.push(line);
      continue;
    }
    if (mark?.[1] !== undefined && !(mark[1].startsWith('`') && mark[2]?.includes('`') === true)) {
      if (open.length > 0) yield take(false, at);
      fence = mark[1];
      start = at + 1;
      continue;
    }
    const isHeading = /^ {0,3}#{1,6}(?:[ \t]|$)/.test(line);
    if (open.length > 0 && (isHeading || size > longestPiece || (size > piece && line.trim() === '')))
      yield take(false, at);
    const flat = flatten(line);
    if (flat !== line) flattened ??= at;
    open.push(flat);
    size += flat.length + 1;
  }
  if (open.length > 0) yield take(fence !== undefined, start);
}

/** No more marks of lists and quotes at its begin, and no more white space, than the deepest that is read. */
function flatten(line: string): string {
  let at = 0;
  let marks = 0;
  let kept = 0;
  for (;;) {
    const [found = ''] = lead(line, at);
    if (found === '') break;
    at += found.length;
    if (found.trim() !== '') marks += 1;
    if (marks <= mostMarks && at <= deepestIndent + mostMarks * 4) kept = at;
  }
  if (kept === at) return line.length - line.trimStart().length > deepestIndent ? line.trimStart() : line;
  return `${line.slice(0, kept)}${line.slice(at)}`;
}

function lead(line: string, at: number): readonly string[] {
  const pattern = /[ \t]+|>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])/y;
  pattern.lastIndex = at;
  return pattern.exec(line) ?? [];
}

interface Sink {
  readonly blocks: Block[];
  readonly flawed: Flaw[];
}

function walk(tokens: readonly Token[], from: { readonly line: number; readonly depth: number }, sink: Sink): void {
  let line = from.line;
  for (const token of tokens) {
    readToken(token, line, from.depth, sink);
    line += newlinesIn(token.raw);
  }
}

function readToken(token: Token, line: number, depth: number, sink: Sink): void {
  if (isKind(token, 'heading'))
    sink.blocks.push({ kind: 'heading', depth: token.depth, text: token.text.trim(), line });
  else if (isKind(token, 'paragraph') || isKind(token, 'text')) {
    sink.blocks.push({ kind: 'paragraph', text: token.text.trim(), line });
  } else if (isKind(token, 'code')) sink.blocks.push({ kind: 'code', text: token.text, line });
  else if (isKind(token, 'blockquote')) walk(token.tokens, { line, depth }, sink);
  else if (isKind(token, 'list')) readList(token, line, depth, sink);
  else if (isKind(token, 'table')) {
    const rows = token.rows.map((cells, index) => ({
      cells: cells.map(({ text }) => text.trim()),
      line: line + 2 + index,
    }));
    sink.blocks.push({ kind: 'table', header: token.header.map(({ text }) => text.trim()), rows, line });
  } else if (isKind(token, 'html')) {
    const { blocks, flawed } = readHtml(token.raw, line);
    sink.blocks.push(...blocks);
    sink.flawed.push(...flawed);
  }
}

function readList(list: Tokens.List, from: number, depth: number, sink: Sink): void {
  let line = from;
  for (const item of list.items) {
    const own = item.tokens.findIndex((token) => isKind(token, 'text') || isKind(token, 'paragraph'));
    const first = item.tokens[own];
    const text = first !== undefined && 'text' in first && typeof first.text === 'string' ? first.text.trim() : '';
    const checked = item.task ? item.checked === true : undefined;
    sink.blocks.push({ kind: 'item', depth, text, checked, line });
    let below = line;
    for (const [index, token] of item.tokens.entries()) {
      if (index !== own) readToken(token, below, depth + 1, sink);
      below += newlinesIn(token.raw);
    }
    line += newlinesIn(item.raw) + (item.raw.endsWith('\n') ? 0 : 1);
  }
}

interface Kinds {
  readonly heading: Tokens.Heading;
  readonly paragraph: Tokens.Paragraph;
  readonly text: Tokens.Text;
  readonly code: Tokens.Code;
  readonly blockquote: Tokens.Blockquote;
  readonly list: Tokens.List;
  readonly table: Tokens.Table;
  readonly html: Tokens.HTML;
}

/** The lexer's tokens are open for extensions, which keeps their `type` from telling them apart. */
function isKind<Kind extends keyof Kinds>(token: Token, kind: Kind): token is Kinds[Kind] & Token {
  return token.type === kind;
}

function newlinesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
