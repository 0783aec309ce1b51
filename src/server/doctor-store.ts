import { z } from 'zod';
import type { Config } from '../config/index.ts';
import { CastellanError, type ProbeFinding } from '../kit/index.ts';
import { holdsDatabase } from '../store/embedded-directory.ts';

/** What a running daemon says of its store; see status.ts. */
const daemonStore = z.object({
  store: z.object({
    kind: z.string(),
    state: z.enum(['opening', 'open', 'failed']),
    features: z.record(z.string(), z.union([z.string(), z.boolean()])).optional(),
  }),
});

/** The database: as the running daemon has it, else as far as it can be looked at without becoming its writer. */
export async function storeFinding(config: Config, daemonSays: unknown): Promise<ProbeFinding> {
  const check = 'database';
  const reported = daemonStore.safeParse(daemonSays);
  if (reported.success) return ofDaemon(check, reported.data.store);
  const { database } = config;
  if (database.kind === 'postgres') return ofServer(check, database);
  return {
    check,
    status: 'pass',
    detail: holdsDatabase(database.directory)
      ? `embedded, in ${database.directory}; no daemon has it open`
      : `embedded; the first start makes it in ${database.directory}`,
  };
}

function ofDaemon(check: string, store: z.output<typeof daemonStore>['store']): ProbeFinding {
  if (store.state === 'failed') {
    return { check, status: 'fail', detail: `${store.kind} could not be opened`, next: "look at the daemon's log" };
  }
  if (store.state === 'opening') {
    return { check, status: 'unknown', detail: `${store.kind} is being opened`, next: 'ask again in a moment' };
  }
  const told = Object.entries(store.features ?? {}).map(
    ([name, has]) => `${name} ${typeof has === 'boolean' ? (has ? 'yes' : 'no') : has}`,
  );
  return { check, status: 'pass', detail: [`${store.kind}, open`, ...told].join(', ') };
}

/** Logs in as the daemon would, and asks for what the first start needs. */
async function ofServer(
  check: string,
  server: Extract<Config['database'], { readonly kind: 'postgres' }>,
): Promise<ProbeFinding> {
  try {
    const { openPostgres } = await import('../store/postgres.ts');
    await using database = await openPostgres(server);
    const [found] = await database.query<{ version: string; creates: boolean }>(
      `select current_setting('server_version') as version,
              to_regclass('castellan.audit') is not null
                or has_database_privilege(current_database(), 'create') as creates`,
    );
    const name = `postgres ${found?.version ?? ''} at ${server.host}:${server.port}`;
    return found?.creates === true
      ? { check, status: 'pass', detail: name }
      : {
          check,
          status: 'fail',
          detail: `${name} has no schema of Castellan, and ${server.user} may not make one`,
          next: `grant create on database ${server.database} to ${server.user}`,
        };
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    return { check, status: 'fail', detail: `${error.code}: ${error.message}`, next: error.next };
  }
}
