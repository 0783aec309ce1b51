import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cache } from './cache.ts';
import { parts } from './parts/index.ts';
import { isListening } from './port.ts';
import { isAlive, type Running, startOf, stop } from './process.ts';
import { forgetState, type ProcessRecord, readState } from './state.ts';

/**
 * Stops what was written down about a lab, by pid and start time, each part before those it needs, and removes its files.
 * Returns false when there is no such lab. Throws when something still listens afterwards.
 */
export async function down(cache: Cache, name: string): Promise<boolean> {
  const state = readState(cache, name);
  if (state === undefined) return false;
  await stopInWaves(state.processes);
  await Promise.all(unrecorded(state.directory).map((one) => stop(one)));
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

/**
 * A starter that is killed between starting a process and writing it down leaves one nobody knows of. It is known by its home:
 * every process of a lab, and no other, has the lab's folder for one. Looked for on Linux only.
 */
function unrecorded(directory: string): readonly Running[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const pid = Number(name);
      const started = startOf(pid);
      return started !== undefined && homeOf(pid) === directory ? [{ pid, started }] : [];
    });
}

function homeOf(pid: number): string | undefined {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return variables.find((variable) => variable.startsWith('HOME='))?.slice('HOME='.length);
  } catch {
    return undefined; // Gone, or somebody else's: neither is the lab's.
  }
}

/** Removes the lab's own temp folder, and never anything the state file could have been edited to name instead. */
function removeLabFolder(directory: string): void {
  if (!basename(directory).startsWith('castellan-lab-') || dirname(directory) === '/') {
    throw new Error(`${directory} is not a lab's folder: it was left alone`);
  }
  rmSync(directory, { recursive: true, force: true });
}
