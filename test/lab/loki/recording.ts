import { z } from 'zod';

/** An answer as it is kept. `stats` are left out of a body: they are measurements, different every time. */
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

const withStats = z.looseObject({ data: z.looseObject({ stats: z.unknown() }) });

export async function ask(base: string, { name, path, parameters }: Omit<Recording, 'status' | 'type' | 'body'>) {
  const answer = await fetch(`${base}${path}?${new URLSearchParams(parameters)}`);
  const type = answer.headers.get('content-type') ?? '';
  const text = await answer.text();
  const body: unknown = type.startsWith('application/json') ? JSON.parse(text) : text;
  const { success, data } = withStats.safeParse(body);
  if (success) delete data.data.stats;
  return { name, path, parameters, status: answer.status, type, body: success ? data : body };
}
