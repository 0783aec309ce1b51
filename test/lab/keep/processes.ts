import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepUser } from './scratch-keep.ts';

export interface Process {
  readonly pid: number;
  readonly command: string;
}

/** Every process of the keep's user: the keep, and all it started, inside a sandbox too. */
export function keepProcesses(): readonly Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, uid] = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8')) ?? [];
        if (Number(uid) !== keepUser) return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        // One that has ended and was not waited for yet has no command line.
        return command === '' ? [] : [{ pid: Number(name), command }];
      } catch {
        return []; // It ended while it was looked at.
      }
    });
}

/** Waits for the first process whose command line matches; undefined when what it is looked for in is over before. */
export async function untilProcess(pattern: RegExp, isOver: () => boolean): Promise<Process | undefined> {
  for (;;) {
    const found = keepProcesses().find(({ command }) => pattern.test(command));
    if (found !== undefined) return found;
    if (isOver()) return undefined;
    await sleep(2);
  }
}
