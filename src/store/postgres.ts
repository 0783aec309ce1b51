import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { Secret } from '../kit/index.ts';
import type { Database } from './database.ts';
import { rebuildDatabaseError, sqlStateOf, storeError } from './errors.ts';
import { assertOutsideTransaction } from './nesting.ts';
import { closedError, runTransaction, type Session } from './transaction.ts';
import { decodeValue, encodeParameter } from './values.ts';

/** A Postgres server, through a pool. Only what is given here decides: the PG* variables and ~/.pgpass are not read. */
export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Undefined: the server trusts the connection. */
  readonly password: Secret | undefined;
  /** `require` encrypts, and checks the certificate's chain when a `caFile` is given; `verify-full` checks its name too. */
  readonly tls: 'disable' | 'require' | 'verify-full';
  readonly caFile: string | undefined;
}

export interface PostgresOptions {
  /** Told when an idle connection breaks; the pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void;
  /** What one statement may take, in milliseconds; 30,000 unless said. */
  readonly statementTimeoutMs?: number;
}

const connectionTimeoutMs = 10_000;
const poolSize = 10;

/** The text forms values.ts reads, whatever the server or the role has as its default. */
const sessionSettings = [
  'search_path=public',
  'DateStyle=ISO',
  'IntervalStyle=postgres',
  'TimeZone=UTC',
  'bytea_output=hex',
  'idle_in_transaction_session_timeout=60000',
]
  .map((setting) => `-c ${setting}`)
  .join(' ');

/** Opens the pool and proves that one connection works. Errors: `database-unreachable`. */
export async function openPostgres(server: PostgresServer, options: PostgresOptions = {}): Promise<Database> {
  const name = `postgres at ${server.host}:${server.port}`;
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  const password = server.password;
  const pool = new pg.Pool({
    host: server.host,
    port: server.port,
    database: server.database,
    user: server.user,
    // A function, even for no password: anything else makes the driver look for one in the environment and in files.
    password: () => password?.reveal() ?? '',
    ssl: tlsOptions(server),
    application_name: 'castellan',
    client_encoding: 'UTF8',
    options: sessionSettings,
    max: poolSize,
    connectionTimeoutMillis: connectionTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // The server's own limit comes first; this one ends a wait for a server that is gone.
    query_timeout: statementTimeoutMs + 5_000,
    keepAlive: true,
    types: { getTypeParser: (oid: number) => (text: string) => decodeValue(oid, text) },
  });
  pool.on('error', (error) => options.onIdleError?.(rebuildDatabaseError(error, name)));

  let closing: Promise<void> | undefined;
  const underWay = new Set<Promise<unknown>>();

  const withClient = async <Result>(work: (client: Client) => Promise<Result>): Promise<Result> => {
    assertOutsideTransaction(database);
    if (closing !== undefined) throw closedError(`${name} is closed`);
    const done = checkOut(pool, name, work);
    underWay.add(done);
    return done.finally(() => underWay.delete(done));
  };

  const close = async (): Promise<void> => {
    // The pool forgets whoever still waits for a connection when it ends.
    await Promise.allSettled(underWay);
    await pool.end();
  };

  const database: Database = {
    kind: 'postgres',
    query: (sql, parameters) => withClient((client) => client.query(sql, parameters)),
    execute: (sql) => withClient((client) => client.execute(sql)),
    transaction: (work) => withClient((client) => runTransaction(database, client, work)),
    [Symbol.asyncDispose]: () => {
      closing ??= close();
      return closing;
    },
  };

  try {
    await database.query('select 1');
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
  return database;
}

async function checkOut<Result>(
  pool: pg.Pool,
  server: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  let connection: pg.PoolClient;
  try {
    connection = await pool.connect();
  } catch (error) {
    throw rebuildDatabaseError(error, server);
  }
  const client = new Client(connection, server);
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

/** A connection for the time it is checked out; given back only when it is idle and in step with the server. */
class Client implements Session {
  readonly #client: pg.PoolClient;
  readonly #server: string;
  #broken = false;

  constructor(client: pg.PoolClient, server: string) {
    this.#client = client;
    this.#server = server;
  }

  query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.#judging(async () => {
      // The extended protocol also without parameters: one statement, whatever the text says.
      const statement = { text: sql, values: parameters.map(encodeParameter), queryMode: 'extended' };
      return (await this.#client.query(statement)).rows as Row[];
    });
  }

  execute<Row extends object>(sql: string): Promise<readonly Row[]> {
    return this.#judging(async () => {
      // Several statements may open a transaction before one of them fails: unless all is well, the connection is closed.
      this.#broken = true;
      const results: unknown = await this.#client.query(sql);
      this.#broken = false;
      return [results].flat().flatMap((result) => (result as pg.QueryResult).rows as Row[]);
    });
  }

  async begin(): Promise<void> {
    await this.execute('begin');
  }

  commit(): Promise<string | undefined> {
    return this.#judging(async () => (await this.#client.query('commit')).command);
  }

  async rollback(): Promise<void> {
    try {
      await this.#client.query('rollback');
    } catch {
      // The transaction ends with its connection.
      this.#broken = true;
    }
  }

  release(): void {
    this.#client.release(this.#broken || this.#client.getTransactionStatus() !== 'I');
  }

  /** An error without the server's word for it leaves an answer that may still be on its way. */
  async #judging<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (sqlStateOf(error) === undefined) this.#broken = true;
      throw rebuildDatabaseError(error, this.#server);
    }
  }
}

function tlsOptions(server: PostgresServer): pg.PoolConfig['ssl'] {
  if (server.tls === 'disable') return false;
  const ca = server.caFile === undefined ? {} : { ca: readAuthority(server.caFile) };
  if (server.tls === 'verify-full') return { ...ca, rejectUnauthorized: true };
  return server.caFile === undefined
    ? { rejectUnauthorized: false }
    : { ...ca, rejectUnauthorized: true, checkServerIdentity: () => undefined };
}

function readAuthority(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw storeError('database-unreachable', {
      message: `the certificate authority ${file} cannot be read`,
      next: 'correct `database.caFile` in castellan.yaml, or make the file readable for the daemon',
      cause: error,
    });
  }
}
