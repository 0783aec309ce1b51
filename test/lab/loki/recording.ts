import { z } from 'zod';
import type { Asked } from './contract-questions.ts';
import { compareLabels } from './labels.ts';

/** An answer as it is kept. */
export const recording = z.strictObject({
  name: z.string(),
  path: z.string(),
  parameters: z.record(z.string(), z.string()),
  status: z.int(),
  type: z.string(),
  /** JSON, or the text of a refusal. */
  body: z.unknown(),
});
export type Recording = z.infer<typeof recording>;

export const recordings = z.strictObject({
  /** Who answered: what its build information says. */
  from: z.string(),
  answers: z.array(recording),
});

const measured = z.looseObject({ data: z.looseObject({ stats: z.unknown() }) });
const listed = z.looseObject({ data: z.array(z.record(z.string(), z.string())) });

/** Asks, and leaves out of the answer what is different every time: measurements, and the order of a list of series. */
export async function ask(base: string, { name, path, parameters }: Asked): Promise<Recording> {
  const answer = await fetch(`${base}${path}?${new URLSearchParams(parameters)}`);
  const type = answer.headers.get('content-type') ?? '';
  const text = await answer.text();
  const body: unknown = type.startsWith('application/json') ? JSON.parse(text) : text;
  return { name, path, parameters, status: answer.status, type, body: constant(body) };
}

function constant(body: unknown): unknown {
  const series = listed.safeParse(body);
  if (series.success) return { ...series.data, data: series.data.data.sort(compareLabels) };
  const withStats = measured.safeParse(body);
  if (withStats.success) delete withStats.data.data.stats;
  return withStats.success ? withStats.data : body;
}
