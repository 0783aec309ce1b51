import { type Cache, isBuilt, programPath } from './cache.ts';
import { machinePath, machineProgram } from './machine-programs.ts';
import type { Ingredient } from './parts/index.ts';
import { programNamed } from './programs.ts';
import { isFetched, wheelProgramPath, wheelWith } from './wheels.ts';

/** Where a program of the lab is, asked by its name: built or fetched into the cache, or the machine's own. */
export function pathOf(cache: Cache, name: string): string {
  const wheel = wheelWith(name);
  if (wheel !== undefined) return wheelProgramPath(cache, wheel, name);
  const machine = machineProgram(name);
  if (machine === undefined) return programPath(cache, name);
  const path = machinePath(machine);
  if (path === undefined)
    throw new Error(`${name} is not on this machine: install the package ${machine.debianPackage}`);
  return path;
}

export function isThere(cache: Cache, name: string): boolean {
  const wheel = wheelWith(name);
  if (wheel !== undefined) return isFetched(cache, wheel);
  const machine = machineProgram(name);
  return machine === undefined ? isBuilt(cache, programNamed(name)) : machinePath(machine) !== undefined;
}

/** Each part that cannot start, why, and what would mend it: `vault (no vault: npm run lab -- build)`. */
export function describeMissing(cache: Cache, missing: readonly Ingredient[]): readonly string[] {
  return missing.map((part) => {
    const lacking = part.programs.find((name) => !isThere(cache, name));
    return lacking === undefined
      ? `${part.name} (needs ${part.needs.filter((need) => missing.some((one) => one.name === need)).join(', ')})`
      : `${part.name} (no ${lacking}: ${howToGet(lacking)})`;
  });
}

function howToGet(name: string): string {
  const machine = machineProgram(name);
  return machine === undefined ? 'npm run lab -- build' : `install the package ${machine.debianPackage}`;
}
