import { unsupported } from './errors.ts';
import type { SyntaxNode } from './grammar.ts';
import type { Source } from './source.ts';
import type { HclExpression } from './syntax.ts';

/**
 * Strings with holes. What tree-sitter calls a literal inside a template lacks the white space around it, so literal pieces
 * are the text between the holes.
 */
type Part = string | HclExpression;

/** Turns an `expression` node into an expression; `depth` counts nesting. */
export type ReadExpression = (node: SyntaxNode, depth: number) => HclExpression;

export function readTemplate(source: Source, node: SyntaxNode, read: ReadExpression, depth: number): HclExpression {
  const heredoc = node.type === 'heredoc_template';
  const content = heredoc ? heredocContent(source, node) : quotedContent(source, node);
  const { holes, start, end } = content;
  const decode = heredoc ? heredocDecoder(source, content, node) : decodeQuoted;
  const parts = readParts({ source, read, decode }, holes, start, end, depth);
  const whole = { range: source.rangeOf(node.start, node.end), text: source.text.slice(node.start, node.end) };
  if (parts.every((part) => typeof part === 'string')) return { ...whole, kind: 'literal', value: parts.join('') };
  return { ...whole, kind: 'template', parts };
}

interface Content {
  readonly holes: readonly SyntaxNode[];
  readonly start: number;
  readonly end: number;
}

function quotedContent(source: Source, node: SyntaxNode): Content {
  const start = node.start + 1;
  const end = node.end - 1;
  if (source.text[node.start] !== '"' || source.text[end] !== '"' || end < start) {
    throw unsupported(source.path, source.lineAt(node.start), 'this string');
  }
  return { holes: node.children.filter(isHole), start, end };
}

/** From the line after the opening mark to the line of the closing one, whose indentation is no part of it. */
function heredocContent(source: Source, node: SyntaxNode): Content {
  const start = source.text.indexOf('\n', node.start) + 1;
  const mark = node.children.findLast(({ type }) => type === 'heredoc_identifier');
  if (mark === undefined || start === 0) throw unsupported(source.path, source.lineAt(node.start), 'this heredoc');
  const end = source.text.lastIndexOf('\n', mark.start) + 1;
  return { holes: node.children.filter(isHole), start, end };
}

function isHole({ type }: SyntaxNode): boolean {
  return type === 'template_interpolation' || type === 'template_directive';
}

interface Reading {
  readonly source: Source;
  readonly read: ReadExpression;
  readonly decode: (text: string, start: number) => string;
}

function readParts(
  reading: Reading,
  holes: readonly SyntaxNode[],
  start: number,
  end: number,
  depth: number,
): readonly Part[] {
  const parts: Part[] = [];
  let at = start;
  let trimmed = hasMarkBefore(reading.source, start);
  for (const hole of [...holes, undefined]) {
    const until = hole?.start ?? end;
    let piece = reading.decode(reading.source.text.slice(at, until), at);
    if (trimmed) piece = piece.trimStart();
    if (hasMarkAfter(reading.source, until)) piece = piece.trimEnd();
    if (piece !== '') parts.push(piece.normalize('NFC'));
    if (hole === undefined) break;
    const expression = readHole(reading, hole, depth);
    if (expression !== undefined) parts.push(expression);
    at = hole.end;
    trimmed = hasMarkBefore(reading.source, at);
  }
  return parts;
}

function hasMarkBefore({ text }: Source, offset: number): boolean {
  return text.startsWith('~}', offset - 2);
}

function hasMarkAfter({ text }: Source, offset: number): boolean {
  return text.startsWith('${~', offset) || text.startsWith('%{~', offset);
}

function readHole(reading: Reading, hole: SyntaxNode, depth: number): HclExpression | undefined {
  const { source } = reading;
  if (hole.type === 'template_interpolation') {
    const inside = hole.children.find(({ type }) => type === 'expression');
    return inside === undefined ? undefined : reading.read(inside, depth);
  }
  const [directive] = hole.children;
  if (directive?.type === 'template_if') return readIf(reading, directive, depth);
  if (directive?.type === 'template_for') return readFor(reading, directive, depth);
  throw unsupported(source.path, source.lineAt(hole.start), 'this template directive');
}

function readIf(reading: Reading, node: SyntaxNode, depth: number): HclExpression {
  const intro = only(reading, node, 'template_if_intro');
  const last = only(reading, node, 'template_if_end');
  const otherwise = node.children.find(({ type }) => type === 'template_else_intro');
  const condition = reading.read(only(reading, intro, 'expression'), depth + 1);
  const whenTrue = readInner(reading, node, intro.end, otherwise?.start ?? last.start, depth);
  const whenFalse = readInner(reading, node, otherwise?.end ?? last.start, last.start, depth);
  return { ...placeOf(reading.source, node), kind: 'conditional', condition, whenTrue, whenFalse };
}

function readFor(reading: Reading, node: SyntaxNode, depth: number): HclExpression {
  const intro = only(reading, node, 'template_for_start');
  const last = only(reading, node, 'template_for_end');
  return {
    ...placeOf(reading.source, node),
    kind: 'for',
    object: false,
    variables: intro.children
      .filter(({ type }) => type === 'identifier')
      .map(({ start, end }) => reading.source.text.slice(start, end)),
    collection: reading.read(only(reading, intro, 'expression'), depth + 1),
    key: undefined,
    value: readInner(reading, node, intro.end, last.start, depth),
    condition: undefined,
    groups: false,
  };
}

/** What stands between two marks of a directive, as a template of its own. */
function readInner(reading: Reading, node: SyntaxNode, start: number, end: number, depth: number): HclExpression {
  const holes = node.children.filter((child) => isHole(child) && child.start >= start && child.end <= end);
  const parts = readParts(reading, holes, start, end, depth + 1);
  const place = placeOf(reading.source, { start, end });
  if (parts.every((part) => typeof part === 'string')) return { ...place, kind: 'literal', value: parts.join('') };
  return { ...place, kind: 'template', parts };
}

function only({ source }: Reading, node: SyntaxNode, type: string): SyntaxNode {
  const found = node.children.find((child) => child.type === type);
  if (found === undefined) throw unsupported(source.path, source.lineAt(node.start), 'this template');
  return found;
}

function placeOf(source: Source, { start, end }: { readonly start: number; readonly end: number }) {
  return { range: source.rangeOf(start, end), text: source.text.slice(start, end) };
}

const simpleEscapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/** The text of a quoted string or a piece of one, without its quotes. */
export function decodeQuoted(text: string): string {
  return text.replace(/\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|([$%])\4\{/g, (all, ...groups) => {
    const [simple, short, long, doubled] = groups as (string | undefined)[];
    if (doubled !== undefined) return `${doubled}{`;
    if (simple !== undefined) return simpleEscapes[simple] ?? all;
    const point = Number.parseInt(short ?? long ?? '', 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : all;
  });
}

/** Backslashes are themselves in a heredoc; with `<<-` the indentation that all lines share is taken away. */
function heredocDecoder(source: Source, content: Content, node: SyntaxNode): (text: string, start: number) => string {
  const shared = source.text.startsWith('<<-', node.start) ? sharedIndentation(source, content) : 0;
  return (text, start) => {
    const atLineStart = start === content.start || source.text[start - 1] === '\n';
    const lines = text.split('\n').map((line, index) => {
      if (shared === 0 || (index === 0 && !atLineStart)) return line;
      const indented = /^[^\S\n]*/.exec(line)?.[0].length ?? 0;
      return line.slice(Math.min(shared, indented));
    });
    return lines.join('\n').replace(/([$%])\1\{/g, '$1{');
  };
}

function sharedIndentation(source: Source, { holes, start, end }: Content): number {
  let shared = Number.POSITIVE_INFINITY;
  for (const [from, until] of literalRanges(holes, start, end)) {
    const text = source.text.slice(from, until);
    for (const { index, 0: indentation } of text.matchAll(/^[^\S\n]*/gm)) {
      const begin = from + index;
      if (begin !== start && source.text[begin - 1] !== '\n') continue;
      const after = begin + indentation.length;
      // A line of nothing but white space does not count, nor does what is behind the last line.
      if (source.text[after] === '\n' || source.text.startsWith('\r\n', after) || begin === end) continue;
      shared = Math.min(shared, indentation.length);
    }
  }
  return Number.isFinite(shared) ? shared : 0;
}

/** Everything between `start` and `end` that is in no hole, inside directives too. */
function literalRanges(holes: readonly SyntaxNode[], start: number, end: number): readonly [number, number][] {
  const marks = holes.flatMap(marksOf).sort((a, b) => a.start - b.start);
  const ranges: [number, number][] = [];
  let at = start;
  for (const mark of marks) {
    ranges.push([at, mark.start]);
    at = mark.end;
  }
  ranges.push([at, end]);
  return ranges;
}

function marksOf(node: SyntaxNode): readonly SyntaxNode[] {
  if (node.type === 'template_interpolation') return [node];
  return node.children.flatMap((child) => {
    if (/^template_(if|else|for)_/.test(child.type)) return [child];
    return child.type === 'template_literal' ? [] : marksOf(child);
  });
}
