import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { catalogue } from '../../../tools/catalogue.ts';
import { loadConfig } from '../../config/index.ts';
import { CastellanError } from '../../kit/index.ts';
import { type Daemon, startDaemon } from '../../server/daemon.ts';
import { controlDaemon, type DaemonAddress } from '../../server/shim/daemon-link.ts';
import { logPath } from '../../server/shim/start-daemon.ts';

/**
 * A daemon for a moment: this process holds the lock, serves agent.sock to whoever comes, and lets go when what it was needed
 * for is done.
 *
 *  serving ──letGo──▶ leaving ──nobody else is served, or long enough──▶ draining ──▶ over
 *
 * Who is still connected then goes on with the next daemon: an agent's shim starts one, a memory-tool becomes one.
 */
export interface Momentary {
  /** It ended, by itself or by a signal. */
  readonly over: boolean;
  /** Why it ended, where its database did not open. */
  readonly failure: unknown;
  /** Returns when the database is closed and the lock is free. */
  letGo(): Promise<void>;
}

export interface Place {
  readonly address: DaemonAddress;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** How long others that came meanwhile are served on. */
const lingerMs = 10_000;
const pauseMs = 25;

/** Undefined when another process holds the data directory. Errors: `config-…`, `data-lock-unclear`, `data-lock-failed`. */
export async function becomeDaemon({ address, environment, cwd }: Place): Promise<Momentary | undefined> {
  const { home, config: file, build } = address;
  const flags = { home, ...(file === null ? {} : { config: file }) };
  const config = loadConfig({ flags, environment, cwd, slices: catalogue });
  const daemon = await startUnlessHeld({
    config: { ...config, http: undefined, log: { level: 'error' } },
    catalogue,
    build,
    leaveWhenIdle: false,
    // As of any daemon that nobody watches: stderr is for what this command has to say.
    logTo: { write: (line) => appendFileSync(logPath(home), line, { mode: 0o600 }) },
  });
  if (daemon === undefined) return undefined;
  let over = false;
  let failure: unknown;
  const stopped = daemon.stopped
    .catch((error: unknown) => {
      failure = error;
    })
    .finally(() => {
      over = true;
      for (const signal of signals) process.off(signal, interrupted);
    });
  const interrupted = (signal: NodeJS.Signals): void => {
    daemon.stop(signal);
    const leave = (): never => process.exit(130);
    stopped.then(leave, leave);
  };
  for (const signal of signals) process.once(signal, interrupted);

  return {
    get over() {
      return over;
    },
    get failure() {
      return failure;
    },
    letGo: async () => {
      const deadline = performance.now() + lingerMs;
      // It leaves by itself once it serves nobody.
      while (!over && performance.now() < deadline && !(await isLeaving(address))) await sleep(pauseMs);
      daemon.stop('its work is done');
      await stopped;
    },
  };
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

async function startUnlessHeld(options: Parameters<typeof startDaemon>[0]): Promise<Daemon | undefined> {
  try {
    return await startDaemon(options);
  } catch (error) {
    if (error instanceof CastellanError && error.code === 'data-locked') return undefined;
    throw error;
  }
}

async function isLeaving(address: DaemonAddress): Promise<boolean> {
  const reached = await controlDaemon(address, 'retire').catch(() => undefined); // it may leave while it answers
  const answer = reached?.answer;
  return typeof answer !== 'object' || answer === null || !('retired' in answer) || answer.retired === true;
}
