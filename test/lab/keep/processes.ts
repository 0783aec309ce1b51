import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepUser } from './scratch-keep.ts';

export interface Process {
  readonly pid: number;
  readonly command: string;
}

/** Every process of a keep's user: the keep, and all it started, inside a sandbox too. */
export function keepProcesses(user = keepUser): readonly Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, uid] = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8')) ?? [];
        if (Number(uid) !== user) return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        // One that has ended and was not waited for yet has no command line.
        return command === '' ? [] : [{ pid: Number(name), command }];
      } catch {
        return []; // It ended while it was looked at.
      }
    });
}

/** What a process has started, and what that has; looked at so quickly that little ends unseen. */
function descendants(pid: number): readonly Process[] {
  let children: string;
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  } catch {
    return []; // It ended while it was looked at.
  }
  return children
    .split(' ')
    .filter((text) => text !== '')
    .flatMap((text) => [{ pid: Number(text), command: commandOf(text) }, ...descendants(Number(text))]);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return ''; // As above.
  }
}

/**
 * Waits for the first process that the keep `pid` started whose command line matches; undefined when what it is looked for in is
 * over before.
 */
export async function untilProcess(pid: number, pattern: RegExp, isOver: () => boolean): Promise<Process | undefined> {
  for (;;) {
    const found = descendants(pid).find(({ command }) => pattern.test(command));
    if (found !== undefined) return found;
    if (isOver()) return undefined;
    await sleep(1);
  }
}
