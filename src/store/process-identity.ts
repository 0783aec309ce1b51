import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Which process something belongs to, so that another process can tell later whether that one is dead. A pid alone says
 * nothing: it is given out again, after a reboot at once, and in another container it is somebody else. Without /proc
 * (macOS) boot and start time are unknown, and no process is ever proven dead.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string | null;
  readonly host: string;
  readonly pidNamespace: string | null;
  readonly bootId: string | null;
}

export type Verdict = 'alive' | 'dead' | { readonly reason: string };

export function describeThisProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    startTime: statusOf(process.pid)?.startTime ?? null,
    host: hostname(),
    pidNamespace: orNull(() => readlinkSync('/proc/self/ns/pid')),
    bootId: orNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
  };
}

/** `dead` only with proof; a reason when this process cannot know. */
export function judgeProcess(other: ProcessIdentity, here: ProcessIdentity = describeThisProcess()): Verdict {
  if (other.host !== here.host) return { reason: 'it ran on another host' };
  if (here.bootId === null || other.bootId === null || other.startTime === null) {
    return exists(other.pid) ? 'alive' : { reason: 'this system does not tell boots apart' };
  }
  if (other.bootId !== here.bootId)
    return { reason: 'it ran before the last boot, or on another machine of that name' };
  if (other.pidNamespace !== here.pidNamespace) return { reason: 'it ran in another container' };
  if (!exists(other.pid)) return 'dead';
  const status = statusOf(other.pid);
  if (status === undefined) return exists(other.pid) ? 'alive' : 'dead';
  // A zombie runs nothing any more; only its parent has not asked for its exit code yet.
  return status.startTime !== other.startTime || status.state === 'Z' || status.state === 'X' ? 'dead' : 'alive';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and another user's.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

interface ProcessStatus {
  readonly state: string;
  readonly startTime: string;
}

/** Undefined when there is no such process, or no /proc. */
function statusOf(pid: number): ProcessStatus | undefined {
  const line = orNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The second field is the program's name in parentheses and may hold anything; the third is the state, the 22nd the start.
  const fields = line?.slice(line.lastIndexOf(')') + 2).split(' ');
  const state = fields?.[0];
  const startTime = fields?.[19];
  return state === undefined || startTime === undefined ? undefined : { state, startTime };
}

function orNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    // Not Linux, or hidden from this user: unknown, which never counts as proof.
    return null;
  }
}
