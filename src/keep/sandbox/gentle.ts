import { readdirSync, readFileSync } from 'node:fs';

/**
 * Asking before killing. The command is a child of the first process inside, and so are the listeners, which it needs until it has
 * ended: an engine that is interrupted writes its state through them. What it started itself is its own to end.
 */
export interface Gentle {
  /** The pid, outside, of the first process inside. */
  readonly inside: number;
  /** The program the listeners are. */
  readonly listener: string;
  readonly graceMs: number;
  /** When it has not ended by then. */
  kill(): void;
}

/** SIGINT now and at half time; an engine takes the second for `at once`. */
export function askToEnd({ inside, listener, graceMs, kill }: Gentle): { stop(): void } {
  interrupt(inside, listener);
  const again = setTimeout(() => interrupt(inside, listener), graceMs / 2);
  const over = setTimeout(kill, graceMs);
  return {
    stop: () => {
      clearTimeout(again);
      clearTimeout(over);
    },
  };
}

function interrupt(inside: number, listener: string): void {
  for (const pid of readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    if (parentOf(pid) === inside && programOf(pid) !== listener) signalIfThere(pid, 'SIGINT');
  }
}

function programOf(pid: number): string | undefined {
  return readOf(pid, 'cmdline')?.split('\0', 1)[0];
}

/** Undefined when it has ended. */
export function parentOf(pid: number): number | undefined {
  const stat = readOf(pid, 'stat');
  // The second field is the program's name in parentheses and may hold anything; the fourth is the parent.
  return stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function readOf(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // It ended while it was looked at, or is hidden from this user.
    return undefined;
  }
}

/** False when it had ended by itself. */
export function signalIfThere(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
