import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/**
 * What history is measured on.
 *
 *  report    something that happened, as it was written down; `recurs` names the earlier ones it was the same as
 *  other     a document beside them, which no question is about: a runbook, a plan
 *  query     a symptom as somebody would tell it, and the documents that are about it
 */
const document = z.strictObject({
  id: z.string().min(1),
  kind: z.enum(['report', 'other']).default('report'),
  /** Of a report: a day or a moment. */
  at: z.string().optional(),
  title: z.string(),
  /** Markdown or HTML, whole. */
  text: z.string(),
  services: z.array(z.string()).optional(),
  recurs: z.array(z.string()).default([]),
  queries: z.array(z.strictObject({ text: z.string(), relevant: z.array(z.string()).min(1) })).default([]),
});
export type BenchDocument = z.output<typeof document>;
export type GivenDocument = z.input<typeof document>;

/** JSON (a list) or JSONL (a document a line). */
export async function readBench(path: string): Promise<readonly BenchDocument[]> {
  const text = await readFile(path, 'utf8');
  const rows: unknown = text.trimStart().startsWith('[')
    ? JSON.parse(text)
    : text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line): unknown => JSON.parse(line));
  return proveBench(z.array(document).parse(rows));
}

export function proveBench(given: readonly GivenDocument[]): readonly BenchDocument[] {
  const documents = z.array(document).parse(given);
  const ids = new Set(documents.map(({ id }) => id));
  if (ids.size < documents.length) throw new Error('two documents have one id');
  for (const { id, recurs, queries, kind, at } of documents) {
    const named = [...recurs, ...queries.flatMap(({ relevant }) => relevant)];
    for (const other of named) if (!ids.has(other)) throw new Error(`${id} names ${other}, which is not there`);
    if (kind === 'report' && Number.isNaN(new Date(at ?? '').getTime())) throw new Error(`${id} has no time`);
  }
  return documents;
}
