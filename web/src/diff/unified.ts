/**
 * A unified diff as lines with their numbers on both sides. Every line of a hunk carries its mark, so `@@` at the start of a line is
 * a new hunk and nothing else. What is not understood is kept as a note: nothing is left out but the names of the files.
 */
export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'same' | 'hunk' | 'note';
  readonly text: string;
  readonly before?: number;
  readonly after?: number;
}

const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

export function parseUnifiedDiff(text: string): readonly DiffLine[] {
  const source = text.replace(/\n$/, '').split('\n');
  const lines: DiffLine[] = [];
  // A text without hunks is one from its first line; before the first hunk of others stand the names of the files.
  let isInside = !source.some((line) => hunk.test(line));
  let [before, after] = [1, 1];
  for (const line of text === '' ? [] : source) {
    // The page names the file itself.
    if (!isInside && /^(---|\+\+\+) /.test(line)) continue;
    const opened = hunk.exec(line);
    const rest = line.slice(1);
    if (opened !== null) {
      isInside = true;
      [before, after] = [Number(opened[1]), Number(opened[2])];
      lines.push({ kind: 'hunk', text: line });
    } else if (isInside && line.startsWith('+')) {
      lines.push({ kind: 'added', text: rest, after: after++ });
    } else if (isInside && line.startsWith('-')) {
      lines.push({ kind: 'removed', text: rest, before: before++ });
    } else if (isInside && line.startsWith(' ')) {
      lines.push({ kind: 'same', text: rest, before: before++, after: after++ });
    } else {
      lines.push({ kind: 'note', text: line });
    }
  }
  return lines;
}

export function countLines(lines: readonly DiffLine[]): { added: number; removed: number } {
  const count = (kind: DiffLine['kind']): number => lines.filter((line) => line.kind === kind).length;
  return { added: count('added'), removed: count('removed') };
}
