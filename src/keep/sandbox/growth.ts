import { statfs } from 'node:fs/promises';
import type { Bind } from './port.ts';

/**
 * A writable folder lies on the machine's shared memory and has no size of its own: what a run writes there is measured on
 * the file system, with whatever others write meanwhile, and ends the run when it is too much.
 */
const everyMs = 200;
/** A file with nothing in it costs memory too. */
const bytesPerFile = 4096;

export function watchGrowth(binds: readonly Bind[], mostBytes: number, onTooMuch: () => void): { stop(): void } {
  const writable = binds.filter((bind) => bind.writable);
  if (writable.length === 0) return { stop: () => undefined };
  let before: number | undefined;
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    const used = await usedBehind(writable).finally(() => {
      isLooking = false;
    });
    before ??= used;
    if (used - before > mostBytes) onTooMuch();
  };
  const tick = (): void => {
    // A folder that cannot be measured is one that may be full.
    look().catch(onTooMuch);
  };
  tick();
  const timer = setInterval(tick, everyMs);
  return { stop: () => clearInterval(timer) };
}

async function usedBehind(binds: readonly Bind[]): Promise<number> {
  const systems = new Map<string, number>();
  for (const { from } of binds) {
    const { type, blocks, bfree, bsize, files, ffree } = await statfs(from);
    systems.set(`${type} ${blocks} ${files}`, (blocks - bfree) * bsize + (files - ffree) * bytesPerFile);
  }
  return [...systems.values()].reduce((sum, bytes) => sum + bytes, 0);
}
