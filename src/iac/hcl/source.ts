import type { HclRange } from './syntax.ts';

/** The text of one file, and where its offsets stand. */
export interface Source {
  readonly path: string;
  readonly text: string;
  lineAt(offset: number): number;
  rangeOf(start: number, end: number): HclRange;
}

export function sourceOf(path: string, text: string): Source {
  const lines = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.push(at + 1);
  const lineIndex = (offset: number): number => {
    let low = 0;
    let high = lines.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((lines[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const columnOf = (offset: number, line: number): number => offset - (lines[line] ?? 0) + 1;
  return {
    path,
    text,
    lineAt: (offset) => lineIndex(offset) + 1,
    rangeOf: (start, end) => {
      const first = lineIndex(start);
      const last = lineIndex(end);
      return { line: first + 1, column: columnOf(start, first), endLine: last + 1, endColumn: columnOf(end, last) };
    },
  };
}
