import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { initName } from './init.ts';

/**
 * A keep that is killed takes its sandboxes along, but for one case: bubblewrap is a few milliseconds old and has not asked for
 * that yet. No command has begun then, and none ever will; what is left is a process that waits for nobody. Ends those of the
 * same user, or of anybody's when the keep is root.
 */
export async function endOrphans(): Promise<void> {
  // Ending one outside may leave the one inside, which is an orphan only then.
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const ended = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => isSandbox(pid) && !isHeld(pid) && end(pid));
    if (ended.length === 0) return;
    await sleep(10);
  }
}

const mostLooks = 100;

/** False when there was nothing that this user could end. */
function end(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has ended, or is another user's: then that user's keep ends it.
    if (error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM')) return false;
    throw error;
  }
}

/** Outside or inside: both are started with the name of the first process inside. */
function isSandbox(pid: number): boolean {
  return (read(pid, 'cmdline') ?? '').split('\0').includes(initName);
}

/**
 * By bubblewrap outside, or by a keep. What lost its parent is given to the first process of all or to a user's systemd; in a
 * container the first process may be a keep itself.
 */
function isHeld(pid: number): boolean {
  const [, digits] = /^PPid:\s*(\d+)$/m.exec(read(pid, 'status') ?? '') ?? [];
  // It ended while it was looked at: nothing to end.
  if (digits === undefined) return true;
  const parent = Number(digits);
  if (parent !== 1) return read(parent, 'comm')?.trim() !== 'systemd';
  const [program = ''] = (read(1, 'cmdline') ?? '').split('\0', 1);
  return /(^|\/)node[^/]*$/.test(program);
}

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // It ended while it was looked at, or is hidden from this user.
    return undefined;
  }
}
