import pg from 'pg';
import { z } from 'zod';
import type { Secret } from '../../kit/index.ts';
import type { StateMark } from '../journal/foreign-table.ts';
import { findStateSchema, workspace } from '../stacks/pg-lock.ts';
import { openPgPools } from '../stacks/pg-pools.ts';

/**
 * The head of a state in Postgres, read in the database itself: nothing of what the state holds leaves it but its lineage, its
 * serial and a digest.
 */
export interface PgStates extends AsyncDisposable {
  /** Never throws: what cannot be read is `unknown`, with the reason. */
  markOf(stack: string, connection: Secret): Promise<StateMark | { readonly unknown: string }>;
}

const limitMs = 5_000;
const head = z.object({ lineage: z.string().min(1), serial: z.coerce.number().pipe(z.int()), sha256: z.string() });

export function openPgStates(): PgStates {
  const pools = openPgPools(limitMs);
  return {
    markOf: async (stack, connection) => {
      try {
        return await readMark(pools.of(connection), stack);
      } catch (error) {
        // A driver's words can quote the connection or the state: only its code is told.
        const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
        return { unknown: `the state’s database could not be asked${code}` };
      }
    },
    [Symbol.asyncDispose]: () => pools[Symbol.asyncDispose](),
  };
}

async function readMark(pool: pg.Pool, stack: string): Promise<StateMark | { readonly unknown: string }> {
  const found = await findStateSchema(pool, stack);
  if ('unknown' in found) return found;
  const { rows } = await pool.query(
    `select data::json->>'lineage' as lineage, data::json->>'serial' as serial,
       encode(sha256(convert_to(data, 'UTF8')), 'hex') as sha256
     from ${pg.escapeIdentifier(found.schema)}.states where name = $1`,
    [workspace],
  );
  if (rows.length === 0) return { kind: 'none' };
  const read = head.safeParse(rows[0]).data;
  return read === undefined ? { unknown: 'its row holds no state that is known' } : { kind: 'serial', ...read };
}
