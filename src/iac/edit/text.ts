import type { HclRange } from '../hcl/syntax.ts';

/** A text with one stretch of it replaced. Offsets are UTF-16 units of the text before. */
export interface Splice {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Position {
  readonly line: number;
  readonly column: number;
}

export function applied(text: string, { start, end, text: inserted }: Splice): string {
  return text.slice(0, start) + inserted + text.slice(end);
}

/** Undefined where the text has no such place. */
export function offsetOf(text: string, { line, column }: Position): number | undefined {
  let at = 0;
  for (let left = line - 1; left > 0; left -= 1) {
    const next = text.indexOf('\n', at);
    if (next === -1) return undefined;
    at = next + 1;
  }
  const offset = at + column - 1;
  const ends = text.indexOf('\n', at);
  return offset > (ends === -1 ? text.length : ends) ? undefined : offset;
}

export function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const begins = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - begins + 1 };
}

export function rangeBetween(from: Position, until: Position): HclRange {
  return { line: from.line, column: from.column, endLine: until.line, endColumn: until.column };
}

/** From and until which offset a range reaches. */
export function stretchOf(text: string, range: HclRange): readonly [number, number] | undefined {
  const start = offsetOf(text, { line: range.line, column: range.column });
  const end = offsetOf(text, { line: range.endLine, column: range.endColumn });
  return start === undefined || end === undefined ? undefined : [start, end];
}

/** Where a range of the text before stands in the text after; undefined where the edit cut into it. */
export function movedBy(splice: Splice, before: string): (range: HclRange) => HclRange | undefined {
  const start = positionOf(before, splice.start);
  const end = positionOf(before, splice.end);
  const newEnd = positionOf(applied(before, splice), splice.start + splice.text.length);
  const isEmpty = splice.start === splice.end;
  const moved = (at: Position, isEnd: boolean): Position | undefined => {
    if (isBefore(at, start) || (isSame(at, start) && (isEnd || !isEmpty))) return at;
    if (isBefore(at, end)) return undefined;
    if (at.line > end.line) return { line: at.line + newEnd.line - end.line, column: at.column };
    return { line: newEnd.line, column: newEnd.column + at.column - end.column };
  };
  return ({ line, column, endLine, endColumn }) => {
    const isPoint = line === endLine && column === endColumn;
    const first = moved({ line, column }, false);
    const last = moved({ line: endLine, column: endColumn }, !isPoint);
    if (first === undefined || last === undefined) return undefined;
    return { line: first.line, column: first.column, endLine: last.line, endColumn: last.column };
  };
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}

function isSame(a: Position, b: Position): boolean {
  return a.line === b.line && a.column === b.column;
}

/** Whether the whole of `inner` lies in `outer`. */
export function contains(outer: HclRange, inner: HclRange): boolean {
  const starts = { line: inner.line, column: inner.column };
  const ends = { line: inner.endLine, column: inner.endColumn };
  return (
    !isBefore(starts, { line: outer.line, column: outer.column }) &&
    !isBefore({ line: outer.endLine, column: outer.endColumn }, ends)
  );
}

export function sameRange(a: HclRange, b: HclRange): boolean {
  return contains(a, b) && contains(b, a);
}
