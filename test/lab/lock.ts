import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { isAlive, type Running, startOf } from './process.ts';

/**
 * A lock file that names its holder by pid and start time, so that one left by a killed process is taken over and one held
 * by a living process never is.
 */
export async function withLock<T>(path: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const started = startOf(process.pid);
  if (started === undefined) throw new Error('this process cannot see itself');
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, started }), { mode: 0o600 });
  try {
    let told = false;
    while (!take(draft, path)) {
      if (clearIfAbandoned(path)) continue;
      if (!told) onWait();
      told = true;
      await sleep(200);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Linking is atomic and fails when the name exists, and the linked file is already complete. */
function take(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false;
    throw new Error(`the lock ${path} could not be taken`, { cause });
  }
}

function clearIfAbandoned(path: string): boolean {
  const holder = readHolder(path);
  if (holder === undefined) return true; // Released between our two looks.
  if (isAlive(holder)) return false;
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return true; // Somebody else cleared it first: look again.
  }
  const moved = readHolder(aside);
  // Between reading and renaming, another waiter may have cleared it and taken it: hand that one back.
  if (moved !== undefined && isAlive(moved)) take(aside, path);
  rmSync(aside, { force: true });
  return true;
}

const holderShape = z.object({ pid: z.int().positive(), started: z.string() });

/** Undefined when there is no lock. A file that is not a lock is an error: waiting for it would never end. */
function readHolder(path: string): Running | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined; // Released.
  }
  return holderShape.parse(JSON.parse(text));
}
