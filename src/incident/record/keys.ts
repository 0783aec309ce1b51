import { z } from 'zod';
import type { Queryable } from '../../store/database.ts';
import { incidentError } from '../errors.ts';
import { actor, digestOf, instant, prove, words } from './fields.ts';
import type { Write } from './port.ts';

const writeShape = z.object({
  by: actor,
  key: words(200).optional(),
  asked: z.string().max(20_000).optional(),
  expectedVersion: z.int().min(0).optional(),
  now: instant,
});

/** Errors: `incident-argument-invalid`. */
export function proveWrite(write: Write): Write {
  prove('write', writeShape, write);
  return write;
}

/** `agent:claude for human:robin`, as events, evidence and leases name whoever it was. */
export function nameOf({ agent, human }: Write['by']): string {
  return `${agent} for ${human}`;
}

/** How an answer is kept under its key, and read again. */
export interface Remembering<Answer> {
  keep(answer: Answer): unknown;
  recall(kept: unknown, queryable: Queryable): Promise<Answer>;
}

export function rememberedAs<Answer>(shape: z.ZodType<Answer>): Remembering<Answer> {
  return { keep: (answer) => z.encode(shape, answer), recall: async (kept) => z.decode(shape, kept) };
}

export const nothingRemembered: Remembering<void> = { keep: () => ({}), recall: async () => undefined };

/**
 * Does `work` once for this principal's key; a second call waits for the first one's transaction and gets its answer. Without a
 * key it is done every time. Errors: `incident-key-reused`.
 */
export async function once<Answer>(
  transaction: Queryable,
  { by, key, asked, now }: Write,
  input: unknown,
  remembering: Remembering<Answer>,
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (key === undefined) return work();
  const inputHash = digestOf(asked ?? input);
  const whose = [by.human, by.agent, key];
  const claimed = await transaction.query(
    `insert into castellan.incident_key (human, agent, key, input_hash, at) values ($1, $2, $3, $4, $5)
     on conflict do nothing returning key`,
    [...whose, inputHash, now],
  );
  if (claimed.length === 0) {
    const [kept] = await transaction.query<{ inputHash: string; answer: unknown }>(
      'select input_hash as "inputHash", answer from castellan.incident_key where human = $1 and agent = $2 and key = $3',
      whose,
    );
    if (kept?.inputHash === inputHash) return remembering.recall(kept.answer, transaction);
    throw incidentError('incident-key-reused', {
      message: 'this idempotency key was used for another call',
      next: 'use a new key for a new call; the same key only to send the same call again',
    });
  }
  const answer = await work();
  await transaction.query(
    'update castellan.incident_key set answer = $4::json where human = $1 and agent = $2 and key = $3',
    [...whose, JSON.stringify(remembering.keep(answer))],
  );
  return answer;
}
