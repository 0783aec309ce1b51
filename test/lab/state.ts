import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Cache } from './cache.ts';

/**
 * What is written down about a lab, in `labs/<name>.json` of the cache. It is rewritten the moment a process is spawned, so
 * that `down` finds every process even when whoever started them was killed.
 *
 * phase   starting → up. A lab that stays `starting` without a starter was interrupted; the next `up` clears it away.
 */
const processRecord = z.strictObject({
  part: z.string(),
  pid: z.int().positive(),
  started: z.string(),
  /** Parts that must outlive this one. */
  needs: z.array(z.string()),
  ports: z.array(z.int()),
  log: z.string(),
});
export type ProcessRecord = z.infer<typeof processRecord>;

const labState = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  phase: z.enum(['starting', 'up']),
  /** The temp folder with everything the lab writes. */
  directory: z.string(),
  since: z.string(),
  ports: z.record(z.string(), z.int()),
  processes: z.array(processRecord),
  /** Parts that were left out because a program is not built. */
  missing: z.array(z.string()),
  pods: z.int().nonnegative(),
});
export type LabState = z.infer<typeof labState>;

const namePattern = /^[a-z0-9][a-z0-9-]{0,30}$/;

function assertLabName(name: string): void {
  if (!namePattern.test(name)) throw new Error(`a lab's name is lowercase letters, digits and dashes, not "${name}"`);
}

export function statePath(cache: Cache, name: string): string {
  assertLabName(name);
  return join(cache.labs, `${name}.json`);
}

export function readState(cache: Cache, name: string): LabState | undefined {
  const path = statePath(cache, name);
  if (!existsSync(path)) return undefined;
  try {
    return labState.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new Error(`${path} was not written by this lab: stop what it names, then remove it`, { cause });
  }
}

/** Synchronous and atomic: nothing may come between spawning a process and having written it down. */
export function writeState(cache: Cache, state: LabState): void {
  const path = statePath(cache, state.name);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

export function forgetState(cache: Cache, name: string): void {
  rmSync(statePath(cache, name), { force: true });
}

export function labNames(cache: Cache): string[] {
  return readdirSync(cache.labs)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}
