import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { type Program, programKey, programNamed } from './programs.ts';

/**
 * The cache, outside the repository: built programs (`programs/<key>/<name>`), the compiler's own cache while something is
 * still to be built (`go-build/`), and one state file a lab (`labs/<name>.json`).
 */
export interface Cache {
  readonly root: string;
  readonly programs: string;
  readonly goBuild: string;
  readonly labs: string;
}

/** Throws when `CASTELLAN_LAB_CACHE` is relative: two working directories would then see two caches. */
export function openCache(environment: NodeJS.ProcessEnv = process.env): Cache {
  const named = environment['CASTELLAN_LAB_CACHE'];
  const root =
    named === undefined || named === ''
      ? join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'castellan-lab')
      : named;
  if (!isAbsolute(root)) throw new Error(`the lab's cache must be an absolute path, not ${root}`);
  const cache = {
    root,
    programs: join(root, 'programs'),
    goBuild: join(root, 'go-build'),
    labs: join(root, 'labs'),
  };
  // The state files name processes to be stopped: nobody else may write there.
  for (const directory of [root, cache.programs, cache.labs]) mkdirSync(directory, { recursive: true, mode: 0o700 });
  return cache;
}

export function programDirectory(cache: Cache, program: Program): string {
  return join(cache.programs, programKey(program));
}

export function programPath(cache: Cache, name: string): string {
  return join(programDirectory(cache, programNamed(name)), name);
}

export function isBuilt(cache: Cache, program: Program): boolean {
  return existsSync(join(programDirectory(cache, program), program.name));
}
