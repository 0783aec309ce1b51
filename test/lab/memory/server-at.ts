import { Secret } from '../../../src/kit/index.ts';
import type { PostgresServer } from '../../../src/store/postgres.ts';

/** What a connection string names. */
export function serverAt(connectionString: string): PostgresServer {
  const url = new URL(connectionString);
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    database: url.pathname.slice(1),
    user: decodeURIComponent(url.username),
    password: url.password === '' ? undefined : new Secret(decodeURIComponent(url.password)),
    tls: 'disable',
    caFile: undefined,
  };
}
