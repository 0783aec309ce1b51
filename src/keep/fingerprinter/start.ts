import { existsSync } from 'node:fs';
import { execa } from 'execa';
import type { StoreLog } from '../../store/log.ts';
import { codeOf } from './own-file.ts';

export interface ChildOptions {
  /** Node, and the entry of this program: never through a PATH. */
  readonly program: { readonly node: string; readonly main: string };
  /** fingerprinter.yaml. */
  readonly config: string;
  /** Whom it runs as, when the keep is root; with its group. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly seatBelt: boolean;
  readonly log: StoreLog;
  readonly firstPauseMs?: number;
}

const prlimit = '/usr/bin/prlimit';
const longestPauseMs = 60_000;
/** One that lived so long did not die of how it was started. */
const steadyMs = 60_000;
const graceMs = 5_000;

/**
 * The fingerprinter as a child of the keep: started again whenever it ends, more slowly each time, and ended with the keep, also by
 * one that is killed: its stdin ends then. Nothing of the keep's environment reaches it, and nothing is said to it in arguments but
 * where its configuration is.
 */
export function startFingerprinter(options: ChildOptions): AsyncDisposable {
  const { log, firstPauseMs = 1_000 } = options;
  const ending = new AbortController();
  const run = async (): Promise<void> => {
    let pauseMs = firstPauseMs;
    while (!ending.signal.aborted) {
      const begun = Date.now();
      const how = await runOnce(options, ending.signal);
      if (ending.signal.aborted) return;
      if (Date.now() - begun > steadyMs) pauseMs = firstPauseMs;
      log.warn({ ...how, againInMs: pauseMs }, 'fingerprinter.ended');
      await pause(pauseMs, ending.signal);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  };
  const running = run();
  return {
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await running;
    },
  };
}

async function runOnce(options: ChildOptions, signal: AbortSignal) {
  const [program = '', ...args] = commandOf(options);
  const { uid, gid } = options;
  const child = execa(program, args, {
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent', LC_ALL: 'C.UTF-8' },
    extendEnv: false,
    cwd: '/',
    // Its log lines are redacted already, by all that it knows.
    stdio: ['pipe', 'ignore', 'inherit'],
    reject: false,
    buffer: false,
    forceKillAfterDelay: graceMs,
    ...(uid === undefined ? {} : { uid, gid: gid ?? uid }),
  });
  const end = (): void => void child.kill('SIGTERM');
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  try {
    const done = await child;
    return {
      exitCode: done.exitCode,
      signal: done.signal,
      code: done.exitCode === undefined ? codeOf(done.cause) : undefined,
    };
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** Where prlimit is missing, its memory may end up in a core file; the fingerprinter says so in its state. */
export function commandOf({
  program,
  config,
  seatBelt,
}: Pick<ChildOptions, 'program' | 'config' | 'seatBelt'>): readonly string[] {
  return [
    ...(existsSync(prlimit) ? [prlimit, '--core=0:0', '--'] : []),
    program.node,
    '--disable-sigusr1',
    program.main,
    '--config',
    config,
    'fingerprinter',
    '--with-keep',
    ...(seatBelt ? ['--seat-belt'] : []),
  ];
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener('abort', over, { once: true });
  });
}
