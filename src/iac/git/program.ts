import { execa } from 'execa';
import { gitError } from './errors.ts';

/**
 * The one way Git is run: on the keep's own objects, with nothing of the machine's or the user's configuration, no hook, no
 * prompt, no protocol but the one the remote needs, an end to time and to bytes. The settings are in the environment, where
 * they win over any file, and where a credential shows in no list of processes.
 */
export interface Git {
  /** The bare mirror. */
  readonly mirror: string;
  /** Errors: `git-failed` for an exit code that is not accepted (0 alone unless said), for lateness and for too much output. */
  run(args: readonly string[], run?: GitRun): Promise<GitDone>;
  /** The same without a judgement of how it ended. */
  attempt(args: readonly string[], run?: GitRun): Promise<GitDone>;
}

export interface GitRun {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: readonly Setting[];
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
  /** Of both streams, each. */
  readonly mostBytes?: number;
  readonly accept?: readonly number[];
}

export type Setting = readonly [name: string, value: string];

export interface GitDone {
  readonly exitCode: number | undefined;
  readonly ended: 'exit' | 'signal' | 'not-started' | 'late' | 'cancelled' | 'too-much-output';
  readonly stdout: Buffer;
  readonly stderr: string;
}

const limitMs = 30_000;
const mostBytes = 64_000_000;

const settings: readonly Setting[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['core.autocrlf', 'false'],
  ['core.symlinks', 'true'],
  // Refuses `.GIT`, `.git ` and the like as well, whatever system this runs on.
  ['core.protectHFS', 'true'],
  ['core.protectNTFS', 'true'],
  // An empty helper forgets every other.
  ['credential.helper', ''],
  ['transfer.fsckObjects', 'true'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  // A collection would throw away trees that were made of patches and are still looked at.
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  // A redirect would take the credential elsewhere.
  ['http.followRedirects', 'false'],
  ['log.showSignature', 'false'],
  ['log.mailmap', 'false'],
  ['i18n.logOutputEncoding', 'UTF-8'],
];

const environment: Readonly<Record<string, string>> = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  // Not a folder, so that nobody can put a file of settings there.
  HOME: '/dev/null',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_LITERAL_PATHSPECS: '1',
  // Empty: nothing is reached, unless a fetch says otherwise.
  GIT_ALLOW_PROTOCOL: '',
};

/** `program` is looked up in a fixed PATH, or given with its whole path. */
export function gitProgram(program: string, mirror: string): Git {
  const attempt = (args: readonly string[], run: GitRun = {}) => start(program, mirror, args, run);
  return {
    mirror,
    attempt,
    async run(args, run = {}) {
      const done = await attempt(args, run);
      if (done.exitCode !== undefined && (run.accept ?? [0]).includes(done.exitCode)) return done;
      throw failed(args[0] ?? '', done);
    },
  };
}

async function start(program: string, mirror: string, args: readonly string[], run: GitRun): Promise<GitDone> {
  if (run.signal?.aborted) return { exitCode: undefined, ended: 'cancelled', stdout: Buffer.alloc(0), stderr: '' };
  const running = execa(program, args, {
    cwd: mirror,
    env: { ...environment, GIT_DIR: mirror, ...asEnvironment([...settings, ...(run.settings ?? [])]), ...run.env },
    extendEnv: false,
    ...(run.input === undefined ? { stdin: 'ignore' } : { input: run.input }),
    encoding: 'buffer',
    stripFinalNewline: false,
    maxBuffer: run.mostBytes ?? mostBytes,
    reject: false,
    // A group of its own: what Git started to reach the remote ends with it.
    detached: true,
  });
  let stopped: 'late' | 'cancelled' | undefined;
  const stop = (why: 'late' | 'cancelled'): void => {
    stopped ??= why;
    endGroup(running.pid);
  };
  const cancel = (): void => stop('cancelled');
  const limit = setTimeout(() => stop('late'), run.limitMs ?? limitMs);
  run.signal?.addEventListener('abort', cancel);
  const done = await running.finally(() => {
    clearTimeout(limit);
    run.signal?.removeEventListener('abort', cancel);
  });
  return {
    exitCode: stopped !== undefined || done.isMaxBuffer ? undefined : done.exitCode,
    ended: stopped ?? endOf(done),
    stdout: bytesOf(done.stdout),
    stderr: bytesOf(done.stderr).toString('utf8'),
  };
}

function endOf(done: { isMaxBuffer: boolean; exitCode?: number; signal?: string }): GitDone['ended'] {
  if (done.isMaxBuffer) return 'too-much-output';
  if (done.exitCode !== undefined) return 'exit';
  return done.signal === undefined ? 'not-started' : 'signal';
}

function asEnvironment(all: readonly Setting[]): Record<string, string> {
  const pairs = all.flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, name],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(all.length), ...Object.fromEntries(pairs) };
}

function bytesOf(output: Uint8Array | undefined): Buffer {
  return output === undefined ? Buffer.alloc(0) : Buffer.from(output.buffer, output.byteOffset, output.byteLength);
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // All of it ended by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** How it ended, in words of ours. */
export function endInWords({ ended, exitCode }: GitDone): string {
  switch (ended) {
    case 'exit':
      return `ended with code ${exitCode}`;
    case 'late':
      return 'took too long';
    case 'cancelled':
      return 'was cancelled';
    case 'too-much-output':
      return 'gave more than is read';
    case 'signal':
      return 'was ended by a signal';
    case 'not-started':
      return 'could not be started';
  }
}

function failed(command: string, done: GitDone): Error {
  return gitError('git-failed', {
    message: `git ${command} ${endInWords(done)}`,
    next: 'see the log for what it said; the mirror can be removed, the next fetch makes it anew',
    cause: new Error(done.stderr),
  });
}
