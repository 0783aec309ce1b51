import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import pg from 'pg';
import type { Secret } from '../../../../kit/index.ts';
import { failed } from '../door.ts';

/** A connection string, understood. Nothing is taken from the environment or from files of the user's. */
export interface Database {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly ssl: false | { readonly rejectUnauthorized: boolean; readonly ca?: string };
}

/**
 * `postgresql://user:password@host:port/database?sslmode=…`. `disable`, `require` (the default) and `verify-full` are known,
 * the last with `sslrootcert`. Errors: `sandbox-door-failed`, which never quotes the string.
 */
export function readConnection(connection: Secret): Database {
  const url = URL.parse(connection.reveal());
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '' || url.pathname.length < 2) {
    throw failed('the connection string of the state is no postgresql:// URL with a host and a database');
  }
  const unknown = [...url.searchParams.keys()].find((key) => !/^(sslmode|sslrootcert|connect_timeout)$/.test(key));
  if (unknown !== undefined)
    throw failed(`the connection string of the state has an option that is not known: ${unknown}`);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 5432 : Number(url.port),
    database: decodeURIComponent(url.pathname.slice(1)),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    ssl: tlsOf(url.searchParams.get('sslmode') ?? 'require', url.searchParams.get('sslrootcert')),
  };
}

function tlsOf(mode: string, authority: string | null): Database['ssl'] {
  if (mode === 'disable') return false;
  if (mode === 'require' && authority === null) return { rejectUnauthorized: false };
  if (mode !== 'verify-full')
    throw failed(`the connection string of the state has an sslmode that is not known: ${mode}`);
  if (authority === null) return { rejectUnauthorized: true };
  try {
    return { rejectUnauthorized: true, ca: readFileSync(authority, 'utf8') };
  } catch (cause) {
    throw failed('the sslrootcert of the state’s connection string cannot be read', cause);
  }
}

export interface LoggedIn {
  /** The connection, between two messages; nobody reads it. */
  readonly stream: Socket;
  /** What the server says of the session: its version, encoding, time zone. */
  readonly parameters: ReadonlyMap<string, string>;
}

const loginMs = 10_000;

/**
 * Logs in, sets what the client wanted of its session, and gives the bare connection away. Throws what the driver throws:
 * `code` is an SQLSTATE when the server refused.
 */
export async function logIn(
  database: Database,
  settings: ReadonlyMap<string, string>,
  writes: boolean,
): Promise<LoggedIn> {
  const { password, ...rest } = database;
  const client = new pg.Client({
    ...rest,
    // A function, even for no password: anything else makes the driver look for one in the environment and in files.
    password: () => password,
    application_name: writes ? 'castellan-apply' : 'castellan-plan',
    // The role of a plan only reads anyway; this gives a clear error to what tries to write.
    ...(writes ? {} : { options: '-c default_transaction_read_only=on' }),
    connectionTimeoutMillis: loginMs,
    query_timeout: loginMs,
  });
  const parameters = new Map<string, string>();
  client.connection.on('parameterStatus', ({ parameterName, parameterValue }: Status) =>
    parameters.set(parameterName, parameterValue),
  );
  // A login that fails is told by `connect`; an error event nobody hears would end the keep.
  client.on('error', () => undefined);
  try {
    await client.connect();
    for (const [name, value] of settings) await client.query('select set_config($1, $2, false)', [name, value]);
  } catch (cause) {
    client.connection.stream.destroy();
    throw cause;
  }
  const { stream } = client.connection;
  // The driver has done its part: every answer it waited for is read, and it would misread what comes now.
  for (const event of ['data', 'end', 'close', 'error']) stream.removeAllListeners(event);
  stream.pause();
  return { stream: stream as Socket, parameters };
}

interface Status {
  readonly parameterName: string;
  readonly parameterValue: string;
}
