import { createServer, type Socket } from 'node:net';
import type { Secret } from '../../../../kit/index.ts';
import { type Door, type DoorOptions, openDoor } from '../door.ts';
import { join } from '../pass-through.ts';
import { type Database, logIn, readConnection } from './login.ts';
import { farewell, noEncryption, readFirstMessage, welcome } from './startup.ts';

export interface PostgresDoorOptions extends DoorOptions {
  /** Whoever is inside can send any statement: of a role that only reads, but for an apply. */
  readonly connection: Secret;
  /** The session may write. */
  readonly writes?: boolean;
}

/**
 * A door to one database. The keep logs in, so the password is never inside; there it is
 * `postgres://plan@127.0.0.1:<port>/state?sslmode=disable`, whatever user, password and database it names.
 * Errors: `sandbox-door-failed`.
 */
export async function startPostgresDoor({
  connection,
  writes = false,
  ...options
}: PostgresDoorOptions): Promise<Door> {
  const database = readConnection(connection);
  const server = createServer((inside) => {
    inside.on('error', () => inside.destroy());
    inside.setTimeout(30_000, () => inside.destroy());
    greet(inside, database, writes).catch((error: unknown) => {
      // The server's words may quote the login; its SQLSTATE says enough.
      const state = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
      const isSqlState = /^[0-9A-Z]{5}$/.test(state);
      inside.end(
        farewell(isSqlState ? state : '08006', `Castellan could not log in to the database (${state || 'no answer'})`),
      );
    });
  });
  return openDoor(server, options);
}

async function greet(inside: Socket, database: Database, writes: boolean): Promise<void> {
  let bytes: Buffer = Buffer.alloc(0);
  for await (const chunk of inside.iterator({ destroyOnReturn: false })) {
    bytes = Buffer.concat([bytes, chunk]);
    let first = readFirstMessage(bytes);
    while (first.kind === 'encryption') {
      inside.write(noEncryption);
      bytes = bytes.subarray(first.length);
      first = readFirstMessage(bytes);
    }
    if (first.kind === 'incomplete') continue;
    if (first.kind === 'foreign') return void inside.destroy();
    const settings = settingsOf(first.settings);
    if (settings === undefined)
      return void inside.end(farewell('0A000', 'Castellan passes no such option of a session on'));
    const rest = bytes.subarray(first.length);
    const { stream, parameters } = await logIn(database, settings, writes);
    inside.setTimeout(0);
    if (inside.destroyed) return void stream.destroy();
    inside.write(welcome(parameters, first.minor));
    stream.write(rest);
    join(inside, stream);
    return;
  }
}

/** Who the client says it is does not matter. Undefined: it wants what cannot be set afterwards. */
function settingsOf(given: ReadonlyMap<string, string>): ReadonlyMap<string, string> | undefined {
  const settings = new Map<string, string>();
  for (const [name, value] of given) {
    if (name === 'user' || name === 'database' || name.startsWith('_pq_.')) continue;
    if (name === 'options' || name === 'replication' || !/^[A-Za-z_][A-Za-z0-9_.]*$/.test(name)) return undefined;
    settings.set(name, value);
  }
  return settings;
}
