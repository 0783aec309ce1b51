import pg from 'pg';
import type { Secret } from '../../kit/index.ts';

/** Connections to the databases that hold states: one a credential, to ask a question of at a time. */
export interface PgPools extends AsyncDisposable {
  of(connection: Secret): pg.Pool;
}

export function openPgPools(limitMs: number): PgPools {
  const pools = new Map<Secret, pg.Pool>();
  return {
    of: (connection) => {
      const known = pools.get(connection);
      if (known !== undefined) return known;
      const pool = new pg.Pool({
        connectionString: connection.reveal(),
        max: 1,
        idleTimeoutMillis: 10_000,
        connectionTimeoutMillis: limitMs,
        statement_timeout: limitMs,
        application_name: 'castellan keep',
      });
      // The next query connects anew; an error event without a listener would end the process.
      pool.on('error', () => undefined);
      pools.set(connection, pool);
      return pool;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.allSettled([...pools.values()].map((pool) => pool.end()));
    },
  };
}
