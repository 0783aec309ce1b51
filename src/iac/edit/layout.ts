import type { HclBlock, HclExpression } from '../hcl/syntax.ts';
import { stretchOf } from './text.ts';

/** Where a new attribute, item or block goes, and how it looks there: as `tofu fmt` would leave that line. */
export interface Insertion {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Line {
  readonly start: number;
  /** Behind its text, before its end. */
  readonly end: number;
  /** Behind its end. */
  readonly next: number;
  readonly indent: string;
}

export function lineAround(text: string, offset: number): Line {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', offset);
  const next = newline === -1 ? text.length : newline + 1;
  const end = newline === -1 ? text.length : text[newline - 1] === '\r' ? newline - 1 : newline;
  return { start, end, next, indent: /^[ \t]*/.exec(text.slice(start, end))?.[0] ?? '' };
}

function endOfLine(text: string): string {
  const newline = text.indexOf('\n');
  return newline > 0 && text[newline - 1] === '\r' ? '\r\n' : '\n';
}

/** `name = value`, with the `=` under that of the lines above where theirs are under each other. */
function assignment(text: string, above: Line, name: string, value: string): string {
  const columns: number[] = [];
  for (let line = above; ; line = lineAround(text, line.start - 1)) {
    const [, left] = /^([ \t]*(?:[\w-]+|"[^"]*")[ \t]*)=[^=]/.exec(text.slice(line.start, line.end)) ?? [];
    if (left === undefined || line.indent !== above.indent) break;
    columns.push(left.length - above.indent.length);
    if (line.start === 0) break;
  }
  const [column = 0] = columns;
  const isAligned = columns.every((one) => one === column);
  return `${isAligned ? name.padEnd(Math.max(0, column - 1)) : name} = ${value}`;
}

/** An attribute more in a block of several lines. */
export function addAttribute(text: string, block: HclBlock, name: string, value: string): Insertion | undefined {
  const ends = block.body.attributes.map(({ range }) => stretchOf(text, range)?.[1] ?? -1);
  const last = Math.max(-1, ...ends);
  const whole = stretchOf(text, block.range);
  if (whole === undefined || block.range.line === block.range.endLine) return undefined;
  const opening = lineAround(text, last >= 0 ? last : whole[0]);
  if (opening.next > whole[1]) return undefined;
  const closing = lineAround(text, whole[1] - 1);
  const indent =
    last >= 0 && block.body.attributes.length > 0
      ? lineAround(text, startOfLast(text, block)).indent
      : `${closing.indent}  `;
  const line = last >= 0 && opening.indent === indent ? assignment(text, opening, name, value) : `${name} = ${value}`;
  return { start: opening.next, end: opening.next, text: `${indent}${line}${endOfLine(text)}` };
}

function startOfLast(text: string, { body }: HclBlock): number {
  return Math.max(0, ...body.attributes.map(({ range }) => stretchOf(text, range)?.[0] ?? 0));
}

/** A block more, behind a block that is like it or at the end of the one it belongs to. */
export function addBlock(
  text: string,
  parent: HclBlock,
  type: string,
  attributes: readonly (readonly [string, string])[],
): Insertion | undefined {
  const whole = stretchOf(text, parent.range);
  if (whole === undefined || parent.range.line === parent.range.endLine) return undefined;
  const like = parent.body.blocks.findLast((one) => one.type === type);
  const stretch = like === undefined ? undefined : stretchOf(text, like.range);
  const closing = lineAround(text, whole[1] - 1);
  const at = stretch === undefined ? closing.start : lineAround(text, stretch[1]).next;
  const indent = stretch === undefined ? `${closing.indent}  ` : lineAround(text, stretch[0]).indent;
  const eol = endOfLine(text);
  const widest = Math.max(...attributes.map(([name]) => name.length));
  const lines = attributes.map(([name, value]) => `${indent}  ${name.padEnd(widest)} = ${value}${eol}`).join('');
  return { start: at, end: at, text: `${indent}${type} {${eol}${lines}${indent}}${eol}` };
}

/** An item more in an object or a list that is written out. */
export function addItem(
  text: string,
  node: HclExpression & { readonly kind: 'object' | 'tuple' },
  item: readonly [key: string | undefined, value: string],
): Insertion | undefined {
  const whole = stretchOf(text, node.range);
  if (whole === undefined) return undefined;
  const [key, value] = item;
  const plain = key === undefined ? value : `${key} = ${value}`;
  const last = node.kind === 'object' ? node.items.at(-1) : undefined;
  const first = last?.key ?? (node.kind === 'tuple' ? node.items.at(-1) : undefined);
  const ends = last?.value ?? first;
  if (first === undefined || ends === undefined) {
    if (!/^[[{]\s*[\]}]$/.test(text.slice(...whole))) return undefined;
    return { start: whole[0], end: whole[1], text: key === undefined ? `[${plain}]` : `{ ${plain} }` };
  }
  const start = stretchOf(text, first.range)?.[0] ?? 0;
  const end = stretchOf(text, ends.range)?.[1] ?? 0;
  const line = lineAround(text, end);
  const isOwnLine = text.slice(lineAround(text, start).start, start).trim() === '' && line.next <= whole[1] - 1;
  const behind = text.slice(end, line.end);
  if (!isOwnLine || !/^[ \t]*,?[ \t]*((#|\/\/).*)?$/.test(behind)) return { start: end, end, text: `, ${plain}` };
  const { indent } = lineAround(text, start);
  const hasComma = /^[ \t]*,/.test(behind);
  if (node.kind === 'tuple' && !hasComma) return { start: end, end, text: `,${endOfLine(text)}${indent}${plain}` };
  const isAlone = lineAround(text, start).start === line.start;
  const written = key !== undefined && isAlone ? assignment(text, line, key, value) : plain;
  return { start: line.next, end: line.next, text: `${indent}${written}${hasComma ? ',' : ''}${endOfLine(text)}` };
}

/** What takes an item out of an object or a list. */
export function removeItem(
  text: string,
  node: HclExpression & { readonly kind: 'object' | 'tuple' },
  index: number,
): Insertion | undefined {
  const items =
    node.kind === 'object'
      ? node.items.map(({ key, value }) => [key, value] as const)
      : node.items.map((one) => [one, one] as const);
  const stretches = items.map(
    ([from, until]) => [stretchOf(text, from.range)?.[0] ?? 0, stretchOf(text, until.range)?.[1] ?? 0] as const,
  );
  const [own, before, after] = [stretches[index], stretches[index - 1], stretches[index + 1]];
  if (own === undefined) return undefined;
  const lines = removeLines(text, own[0], own[1]);
  if (lines !== undefined) return lines;
  if (before !== undefined) return { start: before[1], end: own[1], text: '' };
  if (after !== undefined) return { start: own[0], end: after[0], text: '' };
  const whole = stretchOf(text, node.range);
  return whole === undefined
    ? undefined
    : { start: whole[0], end: whole[1], text: node.kind === 'object' ? '{}' : '[]' };
}

/** Undefined where something else stands on the first or the last of its lines. */
export function removeLines(text: string, start: number, end: number): Insertion | undefined {
  const [first, last] = [lineAround(text, start), lineAround(text, end)];
  const isAlone = text.slice(first.start, start).trim() === '' && /^[ \t]*,?[ \t]*$/.test(text.slice(end, last.end));
  return isAlone ? { start: first.start, end: last.next, text: '' } : undefined;
}
