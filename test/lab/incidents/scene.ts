import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { openOperatorSession } from '../../../src/cli/operator-session.ts';
import type { JsonObject } from '../../../src/kit/index.ts';
import { readBuild } from '../../../src/server/build.ts';
import { openPostgres, type PostgresServer } from '../../../src/store/postgres.ts';
import { findPostgres } from '../../../src/store/throwaway-postgres.fixture.ts';
import { mainFile, ScratchCastellan, stopProcess } from '../../e2e/scratch-castellan.ts';
import { openSession, type Session } from '../../e2e/session.ts';
import type { LabEnv } from '../lab-env.ts';

/**
 * A daemon of its own on the lab's cluster, monitoring, infra repository and Postgres, and one agent's stdio session with it. The
 * daemon is a real process: it can be killed, and the session starts another.
 */
export interface Scene extends AsyncDisposable {
  /** Where it works: a client may be at home there. */
  readonly directory: string;
  /** The server that every session starts, as a client's configuration has it. */
  readonly server: { readonly command: string; readonly args: readonly string[]; readonly env: object };
  /** Where reports are published. */
  readonly reports: string;
  /** A tool, as an agent calls it. Never throws: a refusal is an answer, a call that was lost too. */
  call(tool: string, input?: object): Promise<Said>;
  /** What `castellan incident` asks of the daemon. */
  operate(command: string, input: JsonObject): Promise<JsonObject>;
  /** `castellan …`, as an operator at a terminal. */
  run(
    ...words: readonly string[]
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
  /** What every session is told first, and the tools there are. */
  told(): Promise<{ readonly instructions: string; readonly tools: readonly string[] }>;
  query(sql: string, parameters?: readonly string[]): Promise<readonly object[]>;
  /** SIGKILL; the next call starts another. */
  kill(): Promise<void>;
  /** Nobody writes the table until this is disposed of: whoever wants to waits in the middle of what they do. */
  hold(table: string): Promise<AsyncDisposable>;
}

export interface Said {
  readonly text: string;
  readonly isError: boolean;
  readonly bytes: number;
  readonly ms: number;
}

/** `more` is the section `incident` of castellan.yaml beside the repository and the folder of reports. */
export async function openScene(lab: LabEnv, more: object = {}): Promise<Scene> {
  const { postgres, remote } = lab;
  if (postgres === undefined || remote === undefined)
    throw new Error(`lab ${lab.name} has no homelab: npm run lab -- build`);
  await using parts = new AsyncDisposableStack();
  const server = await findPostgres({ CASTELLAN_TEST_POSTGRES_URL: postgres.admin });
  if (server === undefined) throw new Error('the lab has no Postgres');
  const store = await parts.use(server).freshDatabase();
  const castellan = parts.use(new ScratchCastellan());
  const reports = join(castellan.directory, 'post-mortems');
  mkdirSync(reports);
  const config = castellan.configure({
    ...parse(readFileSync(lab.config, 'utf8')),
    database: { postgres: written(store, join(castellan.directory, 'password')) },
    incident: {
      repository: { url: remote, mirror: join(castellan.directory, 'mirror') },
      publish: { kind: 'folder', folder: reports },
      ...more,
    },
  });
  const open = () => openSession(castellan, { environment: { CASTELLAN_CONFIG: config } });
  let session: Session | undefined = await open();
  parts.defer(async () => session?.[Symbol.asyncDispose]());
  const address = { home: castellan.home, config, build: readBuild() };
  const everything = parts.move();
  return {
    directory: castellan.directory,
    server: {
      command: process.execPath,
      args: [mainFile, 'mcp'],
      env: castellan.environment({ CASTELLAN_CONFIG: config }),
    },
    reports,
    async call(tool, input = {}) {
      const begun = performance.now();
      const said = (text: string, isError: boolean): Said => ({
        text,
        isError,
        bytes: Buffer.byteLength(text),
        ms: performance.now() - begun,
      });
      try {
        session ??= await open();
        const answer = await session.client.callTool({ name: tool, arguments: { ...input } }, { timeout: 120_000 });
        const text = answer.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
        return said(text, answer.isError === true);
      } catch (error) {
        // On a crowded machine a daemon may take longer to start than a session waits for it: then the client starts another.
        if (/Connection closed|Not connected/.test(String(error))) session = undefined;
        return said(String(error), true);
      }
    },
    async operate(command, input) {
      const operator = await openOperatorSession(address);
      if (operator === undefined) throw new Error('no daemon runs');
      try {
        return await operator.request(command, input);
      } finally {
        await operator[Symbol.asyncDispose]();
      }
    },
    run: (...words) => castellan.run(`--config=${config}`, ...words),
    async told() {
      session ??= await open();
      const { tools } = await session.client.listTools();
      return { instructions: session.client.getInstructions() ?? '', tools: tools.map(({ name }) => name) };
    },
    async query(sql, parameters = []) {
      await using database = await openPostgres(store);
      return database.query(sql, [...parameters]);
    },
    async kill() {
      const daemon = await castellan.daemon();
      if (daemon === undefined) throw new Error('no daemon runs');
      await stopProcess(daemon.pid, 'SIGKILL');
    },
    hold: (table) => hold(store, table),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

function written({ host, port, database, user, password }: PostgresServer, file: string): object {
  writeFileSync(file, password?.reveal() ?? '', { mode: 0o600 });
  return { host, port, database, user, tls: 'disable', passwordFrom: file };
}

async function hold(server: PostgresServer, table: string): Promise<AsyncDisposable> {
  const database = await openPostgres(server);
  const held = Promise.withResolvers<void>();
  let isFree = false;
  const holding = database
    .transaction(async (transaction) => {
      await transaction.execute(`lock table castellan.${table} in share mode`);
      held.resolve();
      // The server ends a transaction in which nothing is asked for a minute.
      while (!isFree) {
        await transaction.query('select 1');
        await sleep(1_000);
      }
    })
    .catch(held.reject);
  await held.promise;
  return {
    [Symbol.asyncDispose]: async () => {
      isFree = true;
      await holding;
      await database[Symbol.asyncDispose]();
    },
  };
}
