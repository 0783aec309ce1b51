import { z } from 'zod';
import type { JsonObject } from '../../kit/json.ts';
import { mark, type Terminal } from '../terminal.ts';

/** Answers of the commands that agents have no tool for, as a person reads them: names to the left, figures in columns. */
const count = z.int();
const named = z.array(z.object({ name: z.string(), count }));
const corpora = z.array(z.object({ name: z.string(), documents: count, sections: count }));

const statsAnswer = z.object({
  entries: count,
  sensitive: count,
  deleted: count,
  by_visibility: z.record(z.string(), count),
  by_category: named,
  by_tag: named,
  links: z.record(z.string(), count),
  oldest: z.string().nullable(),
  newest: z.string().nullable(),
  corpora,
});

export function statsLines(answer: JsonObject): readonly string[] {
  const told = statsAnswer.parse(answer);
  const { entries, sensitive, deleted, oldest, newest } = told;
  const pairs = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .filter(([, number]) => number > 0)
      .map(([name, number]) => `${plain(name)} ${grouped(number)}`)
      .join(', ') || 'none';
  return [
    ...columns([
      ['entries', `${grouped(entries)}, ${grouped(sensitive)} of them sealed`],
      ['deleted', `${grouped(deleted)}, which restore brings back`],
      ['who reads', pairs(told.by_visibility)],
      ['links', pairs(told.links)],
      ['oldest', oldest ?? '-'],
      ['newest', newest ?? '-'],
    ]),
    ...counts('categories', told.by_category),
    ...counts('tags', told.by_tag),
    ...corpusLines(told.corpora),
  ];
}

const standingAnswer = z.object({
  findings: z.array(
    z.object({
      check: z.string(),
      status: z.enum(['pass', 'fail', 'unknown']),
      detail: z.string(),
      next: z.string().optional(),
    }),
  ),
  entries: count,
  sensitive: count,
  learning: z.boolean(),
  corpora,
});

export function doctorLines(answer: JsonObject, terminal: Terminal): readonly string[] {
  const { findings, entries, sensitive, learning, corpora: indexed } = standingAnswer.parse(answer);
  const order = { fail: 0, unknown: 1, pass: 2 };
  return [
    ...findings
      .toSorted((a, b) => order[a.status] - order[b.status])
      .flatMap(({ check, status, detail, next }) => [
        `${mark(terminal, status)} ${plain(check)} — ${plain(detail)}`,
        ...(next === undefined ? [] : [`         → ${plain(next)}`]),
      ]),
    '',
    ...columns([
      ['entries', `${grouped(entries)}, ${grouped(sensitive)} of them sealed`],
      ['learning', learning ? 'on: what is said to be kept is kept' : 'off (memory: {learning: true})'],
    ]),
    ...corpusLines(indexed),
  ];
}

/** Something failed, or could not be looked at. */
export function hasFailed(answer: JsonObject): boolean {
  return standingAnswer.parse(answer).findings.some(({ status }) => status !== 'pass');
}

const figures = z.object({ questions: count, 'r@1': z.number(), 'r@5': z.number(), mrr: z.number() });
const benchAnswer = z.object({
  entries: count,
  variants: z.array(z.object({ name: z.string(), keywords: figures, words: figures })),
});

export function benchLines(answer: JsonObject): readonly string[] {
  const { entries, variants } = benchAnswer.parse(answer);
  return [
    `${grouped(entries)} of your own, looked for by their words; in per cent: found first, among five, and MRR`,
    '',
    ...columns(
      [
        ['', 'asked by', 'questions', 'R@1', 'R@5', 'MRR'],
        ...variants.flatMap(({ name, ...kinds }) =>
          (['keywords', 'words'] as const).map((kind) => {
            const { questions, 'r@1': first, 'r@5': five, mrr } = kinds[kind];
            const shown = [first, five, mrr].map((percent) => (questions === 0 ? '-' : percent.toFixed(1)));
            return [plain(name), kind, grouped(questions), ...shown];
          }),
        ),
      ],
      2,
    ),
  ];
}

export function reembedLines(answer: JsonObject): readonly string[] {
  const { embedded } = z.object({ embedded: count }).parse(answer);
  return [`${grouped(embedded)} texts have new vectors`];
}

function counts(title: string, held: z.output<typeof named>): readonly string[] {
  if (held.length === 0) return [];
  const rows = held.map(({ name, count: number }) => [`  ${plain(name)}`, grouped(number)]);
  return ['', title, ...columns(rows, 1)];
}

function corpusLines(held: z.output<typeof corpora>): readonly string[] {
  if (held.length === 0) return [];
  const rows = held.map(({ name, documents, sections }) => [`  ${plain(name)}`, grouped(documents), grouped(sections)]);
  return ['', ...columns([['documents of', 'files', 'sections'], ...rows], 1)];
}

/** Below each other; from the column `numbers` on they stand to the right. */
function columns(rows: readonly (readonly string[])[], numbers = Number.POSITIVE_INFINITY): readonly string[] {
  const widths = rows.reduce<readonly number[]>(
    (most, row) => row.map((cell, at) => Math.max(most[at] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, at) => (at >= numbers ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

const grouping = new Intl.NumberFormat('en');
const grouped = (number: number): string => grouping.format(number);

/** What somebody wrote speaks to no terminal, and makes no line of its own. */
function plain(text: string): string {
  return text.replace(/[\p{C}\u2028\u2029]+/gu, ' ');
}
