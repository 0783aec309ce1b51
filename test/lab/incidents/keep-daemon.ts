import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { PostgresServer } from '../../../src/store/postgres.ts';
import { ScratchCastellan, stopProcess } from '../../e2e/scratch-castellan.ts';
import { openSession } from '../../e2e/session.ts';
import type { ScratchKeep } from '../keep/scratch-keep.ts';
import type { LabEnv } from '../lab-env.ts';

/** A daemon beside a keep, on a database that others may use as well, and an agent's session with it. */
export interface KeepDaemon extends AsyncDisposable {
  /** A tool, as an agent calls it; a refusal is an answer. */
  call(tool: string, input?: object): Promise<string>;
  /** SIGKILL; the next call starts another. */
  kill(): Promise<void>;
}

export async function startKeepDaemon(lab: LabEnv, keep: ScratchKeep, store: PostgresServer): Promise<KeepDaemon> {
  await using parts = new AsyncDisposableStack();
  const castellan = parts.use(new ScratchCastellan());
  const { host, port, database, user, password } = store;
  const passwordFrom = join(castellan.directory, 'password');
  writeFileSync(passwordFrom, password?.reveal() ?? '', { mode: 0o600 });
  const config = castellan.configure({
    ...parse(readFileSync(lab.config, 'utf8')),
    database: { postgres: { host, port, database, user, tls: 'disable', passwordFrom } },
    keep: { socket: keep.socket },
  });
  const session = parts.use(await openSession(castellan, { environment: { CASTELLAN_CONFIG: config } }));
  const everything = parts.move();
  return {
    async call(name, input = {}) {
      try {
        const answer = await session.client.callTool({ name, arguments: { ...input } }, { timeout: 120_000 });
        return answer.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
      } catch (error) {
        // Its daemon was killed, or is starting: whoever polls asks again.
        return String(error);
      }
    },
    async kill() {
      const daemon = await castellan.daemon();
      if (daemon === undefined) throw new Error('no daemon runs');
      await stopProcess(daemon.pid, 'SIGKILL');
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}
