import { rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cache } from './cache.ts';
import { parts } from './parts/index.ts';
import { isListening } from './port.ts';
import { isAlive, stop } from './process.ts';
import { forgetState, type ProcessRecord, readState } from './state.ts';

/**
 * Stops what was written down about a lab, by pid and start time, each part before those it needs, and removes its files.
 * Returns false when there is no such lab. Throws when something still listens afterwards.
 */
export async function down(cache: Cache, name: string): Promise<boolean> {
  const state = readState(cache, name);
  if (state === undefined) return false;
  await stopInWaves(state.processes);
  const listening: number[] = [];
  for (const record of state.processes) {
    for (const port of record.ports) if (!(await fallsSilent(port))) listening.push(port);
  }
  removeLabFolder(state.directory);
  forgetState(cache, name);
  if (listening.length > 0) {
    throw new Error(`every process of lab ${name} is gone, yet something listens on ${listening.join(', ')}`);
  }
  return true;
}

/** Whether the port falls silent. The last threads of a killed process hold its listeners for a moment after it is gone. */
async function fallsSilent(port: number): Promise<boolean> {
  for (let left = 30; left > 0; left--) {
    if (!(await isListening(port))) return true;
    await sleep(100);
  }
  return false;
}

/** The API server waits for its store on the way out, so the store must outlive it. */
async function stopInWaves(processes: readonly ProcessRecord[]): Promise<void> {
  let left = processes.filter(isAlive);
  while (left.length > 0) {
    const wave = left.filter((one) => !left.some((other) => other.needs.includes(one.part)));
    if (wave.length === 0) throw new Error('the parts need each other in a circle');
    await Promise.all(wave.map((one) => stop(one, undefined, stopSignal(one))));
    left = left.filter((one) => !wave.includes(one));
  }
}

function stopSignal(record: ProcessRecord): NodeJS.Signals | undefined {
  return parts.find((part) => part.name === record.part)?.stopSignal;
}

/** Removes the lab's own temp folder, and never anything the state file could have been edited to name instead. */
function removeLabFolder(directory: string): void {
  if (!basename(directory).startsWith('castellan-lab-') || dirname(directory) === '/') {
    throw new Error(`${directory} is not a lab's folder: it was left alone`);
  }
  rmSync(directory, { recursive: true, force: true });
}
