import type { TableAnswer } from './answer.ts';
import type { Body } from './lines.ts';
import type { Tally } from './tally.ts';
import { Untrusted } from './untrusted.ts';

export function tableBody(answer: TableAnswer, tally: Tally): Body {
  const rows = answer.rows.map((row) => row.map((cell) => tally.cell(cell)));
  const columns = answer.columns.map((column) => tally.ownLine(column));
  const narrow = answer.narrow === undefined ? [] : [tally.ownLine(answer.narrow)];
  const foreign = foreignColumns(answer);
  const hoisted = constantColumns(columns, rows, foreign);
  const everyRow = [...hoisted].map(([index, value]) => `${columns[index]}=${value}`);
  const kept = [...columns.keys()].filter((index) => !hoisted.has(index));
  const line = (cells: readonly string[]): string =>
    kept
      .map((index) => cells[index] ?? '')
      .join('	')
      .trimEnd();
  const skipped = answer.skipped ?? 0;
  const total = Math.max(answer.total ?? 0, skipped + rows.length);
  return {
    before: [
      ...(everyRow.length === 0 ? [] : [`every row: ${everyRow.join(' ')}`]),
      rows.length === 0 ? 'no rows' : line(columns.map((column) => column.toUpperCase())),
    ],
    lines: rows.map((row) => (foreign.size === 0 ? { text: line(row) } : { text: line(row), block: 0 })),
    keep: 'start',
    isCut: (shown) => skipped + shown < total,
    footer: (shown) => {
      const last = skipped + shown;
      if (last >= total) return skipped === 0 ? undefined : `showing ${skipped + 1}–${last} of ${total}, the end`;
      if (shown === 0) return [`showing 0/${total}: no row fits, ask with a larger budget`, ...narrow].join(' · ');
      const range = skipped === 0 ? `showing ${shown}/${total}` : `showing ${skipped + 1}–${last} of ${total}`;
      const cursor = answer.continueAt === undefined ? [] : [`next_cursor: ${answer.continueAt(last)}`];
      return [range, ...cursor, ...narrow].join(' · ');
    },
  };
}

/** Columns that hold somebody else's text in any row. */
function foreignColumns(answer: TableAnswer): ReadonlySet<number> {
  return new Set(
    answer.rows.flatMap((row) => row.flatMap((cell, index) => (cell instanceof Untrusted ? [index] : []))),
  );
}

/**
 * A column with one value in every row of several is said once, above the table. Never somebody else's text: above the
 * table it would stand outside the fence.
 */
function constantColumns(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  foreign: ReadonlySet<number>,
): ReadonlyMap<number, string> {
  const hoisted = new Map<number, string>();
  const first = rows[0];
  if (first === undefined || rows.length < 3) return hoisted;
  for (const index of columns.keys()) {
    const value = first[index] ?? '';
    if (index === 0 || foreign.has(index)) continue;
    if (rows.every((row) => (row[index] ?? '') === value)) hoisted.set(index, value === '' ? '-' : value);
  }
  return hoisted;
}
