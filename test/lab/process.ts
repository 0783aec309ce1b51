import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa, execaSync } from 'execa';

/**
 * A process is known by its pid together with when it started: a pid alone may have been given to a stranger since.
 * Nothing here looks a process up by its name.
 */
export interface Running {
  readonly pid: number;
  /** Opaque: boot and start tick on Linux, the start time elsewhere. */
  readonly started: string;
}

/** When the process with this pid started; undefined when there is none, or when it has ended and only waits to be reaped. */
export function startOf(pid: number): string | undefined {
  const seen = look(pid);
  return seen?.ended === false ? seen.started : undefined;
}

function look(pid: number): { started: string; ended: boolean } | undefined {
  if (process.platform !== 'linux') {
    const seen = execaSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { reject: false });
    const [, state = '', started = ''] = /^(\S+)\s+(.+)$/.exec(seen.stdout.trim()) ?? [];
    return started === '' ? undefined : { started, ended: state.startsWith('Z') };
  }
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined; // No such process: that is the answer.
  }
  // The second field is the program's name in parentheses and may hold anything; the rest follows the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const tick = fields[19];
  if (tick === undefined) return undefined;
  return { started: `${bootId()}:${tick}`, ended: state === 'Z' || state === 'X' };
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

export function isAlive(running: Running): boolean {
  return startOf(running.pid) === running.started;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Everything it prints is appended here. */
  readonly log: string;
}

/** Starts a process that outlives this one. Its environment is what `env` says and nothing of ours. */
export async function spawnDetached(command: Command): Promise<Running> {
  return (await startDetached(command)).running;
}

/** The same, and a look at how it ended, while this process lives: undefined before it has. */
export async function startDetached(
  command: Command,
): Promise<{ readonly running: Running; exitCode(): number | string | undefined }> {
  const log = createWriteStream(command.log, { flags: 'a', mode: 0o600 });
  await once(log, 'open');
  try {
    const child = execa(command.file, command.args, {
      cwd: command.cwd,
      env: { PATH: '/usr/bin:/bin', HOME: command.cwd, ...command.env },
      extendEnv: false,
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
      // The child holds the open file itself: nothing flows through this process, which may end at any time.
      stdio: ['ignore', log, log],
    });
    child.nodeChildProcess.unref();
    const { pid } = child;
    // One that has ended already counts as started: its log says why.
    const seen = pid === undefined ? undefined : look(pid);
    if (pid === undefined || seen === undefined) throw new Error(`${command.file} could not be started`);
    const { nodeChildProcess: ended } = child;
    return {
      running: { pid, started: seen.started },
      exitCode: () => ended.exitCode ?? ended.signalCode ?? undefined,
    };
  } finally {
    log.destroy();
  }
}

/** Asks it to end, then SIGKILL to its whole process group after `patience` milliseconds. Returns when it is gone. */
export async function stop(running: Running, patience = 8_000, request: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (!signal(running, running.pid, request)) return;
  if (await gone(running, patience)) return;
  signal(running, -running.pid, 'SIGKILL');
  if (!(await gone(running, patience))) throw new Error(`process ${running.pid} survived SIGKILL`);
}

function signal(running: Running, target: number, name: NodeJS.Signals): boolean {
  if (!isAlive(running)) return false;
  try {
    process.kill(target, name);
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ESRCH') return false; // It ended on its own.
    throw new Error(`process ${running.pid} could not be signalled`, { cause });
  }
}

async function gone(running: Running, patience: number): Promise<boolean> {
  const deadline = Date.now() + patience;
  while (isAlive(running)) {
    if (Date.now() > deadline) return false;
    await sleep(25);
  }
  return true;
}

/** The end of a log, for an error that says why. */
export function lastLines(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}
