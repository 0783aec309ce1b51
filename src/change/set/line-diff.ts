/**
 * Two texts as a unified diff for people to read: three lines around what differs, lines in the order of the file. It is bounded:
 * the work by what differs, the text by `mostLines`. It shows what is there: where the shortest diff would be too much work, all of
 * the old stands before all of the new.
 */
export interface LineDiff {
  readonly text: string;
  /** Lines that were left out. */
  readonly more: number;
}

const around = 3;
const mostCells = 4_000_000;
const longestLine = 1_000;

type Mark = ' ' | '-' | '+';
interface Line {
  readonly mark: Mark;
  readonly text: string;
}

export function diffLines(before: string | undefined, after: string | undefined, mostLines: number): LineDiff {
  const lines = editsOf(linesOf(before), linesOf(after));
  const shown = hunksOf(lines);
  return { text: shown.slice(0, mostLines).join('\n'), more: Math.max(0, shown.length - mostLines) };
}

/** A text without a newline at its end differs from one with it, which nobody would see otherwise. */
function linesOf(text: string | undefined): readonly string[] {
  if (text === undefined || text === '') return [];
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : [...lines, '\\ no newline at the end'];
}

function editsOf(before: readonly string[], after: readonly string[]): readonly Line[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const as =
    (mark: Mark) =>
    (text: string): Line => ({ mark, text });
  return [
    ...before.slice(0, start).map(as(' ')),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(as(' ')),
  ];
}

/** The longest common subsequence, by the table everybody knows. */
function middle(before: readonly string[], after: readonly string[]): readonly Line[] {
  const whole = (): readonly Line[] => [
    ...before.map((text): Line => ({ mark: '-', text })),
    ...after.map((text): Line => ({ mark: '+', text })),
  ];
  const width = after.length + 1;
  if (before.length === 0 || after.length === 0 || (before.length + 1) * width > mostCells) return whole();
  const table = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number): number => table[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      table[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: Line[] = [];
  let row = 0;
  let column = 0;
  while (row < before.length || column < after.length) {
    const [old, made] = [before[row], after[column]];
    if (old !== undefined && old === made) {
      lines.push({ mark: ' ', text: old });
      row += 1;
      column += 1;
    } else if (old !== undefined && (made === undefined || at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ mark: '-', text: old });
      row += 1;
    } else {
      lines.push({ mark: '+', text: made ?? '' });
      column += 1;
    }
  }
  return lines;
}

function hunksOf(lines: readonly Line[]): readonly string[] {
  const near = new Uint8Array(lines.length);
  for (const [index, { mark }] of lines.entries()) {
    if (mark !== ' ') near.fill(1, Math.max(0, index - around), Math.min(lines.length, index + around + 1));
  }
  const shown: string[] = [];
  let [old, made] = [1, 1];
  for (const [index, { mark, text }] of lines.entries()) {
    if (near[index] === 1) {
      if (near[index - 1] !== 1) shown.push(`@@ -${old} +${made} @@`);
      shown.push(
        mark + (text.length > longestLine ? `${text.slice(0, longestLine)} … ${text.length} characters` : text),
      );
    }
    if (mark !== '+') old += 1;
    if (mark !== '-') made += 1;
  }
  return shown;
}
