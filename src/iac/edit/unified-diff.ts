/** Lines around a change. */
const context = 3;

/** A unified diff of whole files, as `git apply` takes it. A file that is the same before and after is left out. */
export function unifiedDiff(files: readonly { path: string; before: string; after: string }[]): string {
  return files
    .filter(({ before, after }) => before !== after)
    .map((file) => fileDiff(file.path, linesOf(file.before), linesOf(file.after)))
    .join('');
}

/** With their ends: a last line without one is another line than with it. */
function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

interface Row {
  readonly mark: ' ' | '-' | '+';
  readonly line: string;
  /** Lines of the files before and after that stand above it. */
  readonly before: number;
  readonly after: number;
}

function fileDiff(path: string, before: readonly string[], after: readonly string[]): string {
  const rows = rowsOf(before, after);
  const changed = rows.flatMap(({ mark }, index) => (mark === ' ' ? [] : [index]));
  const hunks: { from: number; until: number }[] = [];
  for (const index of changed) {
    const last = hunks.at(-1);
    const until = Math.min(rows.length, index + context + 1);
    if (last !== undefined && index - context <= last.until) last.until = until;
    else hunks.push({ from: Math.max(0, index - context), until });
  }
  const name = (prefix: string): string => quotedPath(`${prefix}/${path}`);
  const head = `diff --git ${name('a')} ${name('b')}\n--- ${name('a')}\n+++ ${name('b')}\n`;
  return head + hunks.map(({ from, until }) => hunkText(rows.slice(from, until))).join('');
}

function hunkText(rows: readonly Row[]): string {
  const side = (mark: '-' | '+', above: number): string => {
    const count = rows.filter((row) => row.mark === ' ' || row.mark === mark).length;
    return `${count === 0 ? above : above + 1},${count}`;
  };
  const [first] = rows;
  const lines = rows.map(
    ({ mark, line }) => `${mark}${line}${line.endsWith('\n') ? '' : '\n\\ No newline at end of file\n'}`,
  );
  return `@@ -${side('-', first?.before ?? 0)} +${side('+', first?.after ?? 0)} @@\n${lines.join('')}`;
}

/** Edits are few and far smaller than their files: what is the same above and below is taken off, the rest is compared. */
function rowsOf(before: readonly string[], after: readonly string[]): readonly Row[] {
  const rows: Row[] = [];
  let [a, b] = [0, 0];
  const push = (mark: Row['mark'], line: string): void => {
    rows.push({ mark, line, before: a, after: b });
    if (mark !== '+') a += 1;
    if (mark !== '-') b += 1;
  };
  while (a < before.length || b < after.length) {
    const [old, now] = [before[a], after[b]];
    if (old !== undefined && old === now) {
      push(' ', old);
      continue;
    }
    const [skipA, skipB] = nextCommon(before, after, a, b);
    for (let left = skipA; left > 0; left -= 1) push('-', before[a] ?? '');
    for (let left = skipB; left > 0; left -= 1) push('+', after[b] ?? '');
  }
  return rows;
}

const furthest = 200;

/** How many lines to leave on each side until two in a row are the same; the nearest such place. */
function nextCommon(
  before: readonly string[],
  after: readonly string[],
  a: number,
  b: number,
): readonly [number, number] {
  const isCommon = (x: number, y: number): boolean =>
    before[x] !== undefined &&
    before[x] === after[y] &&
    (before[x + 1] === after[y + 1] || (before[x]?.trim() ?? '') !== '');
  for (let distance = 1; distance <= furthest; distance += 1) {
    for (let skip = 0; skip <= distance; skip += 1) {
      if (isCommon(a + skip, b + distance - skip)) return [skip, distance - skip];
    }
  }
  return [before.length - a, after.length - b];
}

/** Git quotes names that have more than plain characters. */
function quotedPath(path: string): string {
  if (!/[\p{Cc}"\\\u0080-\uffff]/u.test(path)) return path;
  const bytes = [...Buffer.from(path)].map((byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte < 0x20 || byte >= 0x7f ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte);
  });
  return `"${bytes.join('')}"`;
}
