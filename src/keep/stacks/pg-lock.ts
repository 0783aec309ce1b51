import pg from 'pg';
import type { Secret } from '../../kit/index.ts';
import { openPgPools } from './pg-pools.ts';
import type { LockState } from './views.ts';

/**
 * Who holds the lock of a state in Postgres. The `pg` backend keeps a stack's state as a row of `<schema>.states`, and whoever
 * plans or applies with the lock holds an advisory lock on the number of that row for as long as it is connected. Reading
 * pg_locks takes no lock and needs no right beyond logging in.
 */
export interface PgLocks extends AsyncDisposable {
  /** Never throws: what cannot be found out is unknown, with the reason. */
  lockOf(stack: string, connection: Secret): Promise<LockState>;
}

const limitMs = 3_000;
/** The workspace that is there without anybody making one. */
export const workspace = 'default';

export function openPgLocks(): PgLocks {
  const pools = openPgPools(limitMs);
  return {
    lockOf: async (stack, connection) => {
      try {
        return await readLock(pools.of(connection), stack);
      } catch (error) {
        // A driver's words can quote the connection: only its code is told.
        const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
        return { state: 'unknown', detail: `the state's database could not be asked${code}` };
      }
    },
    [Symbol.asyncDispose]: () => pools[Symbol.asyncDispose](),
  };
}

/** Where the state of a stack is kept, or why that is not known. */
export async function findStateSchema(
  pool: Pick<pg.Pool, 'query'>,
  stack: string,
): Promise<{ readonly schema: string } | { readonly unknown: string }> {
  const schemas = await pool.query<{ schemaname: string }>(
    `select schemaname from pg_catalog.pg_tables where tablename = 'states' and schemaname = any($1)`,
    [schemaNames(stack)],
  );
  const [schema, ...others] = schemas.rows.map(({ schemaname }) => schemaname);
  if (schema === undefined) return { unknown: 'no schema of the state database has the name of the stack' };
  if (others.length > 0) return { unknown: 'several schemas of the state database could be the stack’s' };
  return { schema };
}

async function readLock(pool: pg.Pool, stack: string): Promise<LockState> {
  const found = await findStateSchema(pool, stack);
  if ('unknown' in found) return { state: 'unknown', detail: found.unknown };
  const { schema } = found;
  const rows = await pool.query<{ id: string }>(
    `select id::text from ${pg.escapeIdentifier(schema)}.states where name = $1`,
    [workspace],
  );
  const id = rows.rows[0]?.id;
  if (id === undefined) return { state: 'free', detail: 'it has no state yet' };
  const held = await pool.query<{ who: string | null; address: string | null; since: Date | null }>(
    `select a.usename as who, host(a.client_addr) as address, a.backend_start as since
     from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.objsubid = 1
       and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
       and ((l.classid::int8 << 32) | l.objid::int8) = $1::int8`,
    [id],
  );
  const [holder] = held.rows;
  if (holder === undefined) return { state: 'free', detail: 'nobody holds the advisory lock of its state' };
  const parts = [
    holder.who === null ? 'somebody' : holder.who,
    ...(holder.address === null ? [] : [`from ${holder.address}`]),
    ...(holder.since === null ? [] : [`connected since ${holder.since.toISOString()}`]),
  ];
  return { state: 'held', detail: parts.join(' ') };
}

/** What people call the schema of `stacks/my-app`. */
function schemaNames(stack: string): readonly string[] {
  const last = stack.split('/').at(-1) ?? stack;
  const underscored = (text: string): string => text.replace(/[^A-Za-z0-9]+/g, '_');
  return [...new Set([last, underscored(last), stack, underscored(stack)])];
}
