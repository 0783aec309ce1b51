import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';

const lockFile = z.object({
  packages: z.record(z.string(), z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
});

/**
 * `npm ci` refuses a lock file that leaves out what a package may bring on another system, and a registry mirror that has
 * only this system's packages makes npm write such a file.
 */
it('the lock file names every optional package, so that a clean clone installs on any machine', () => {
  const { packages } = lockFile.parse(
    JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')),
  );
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !placesOf(path, name).some((place) => Object.hasOwn(packages, place)))
      .map((name) => `${name}, which ${path} may bring`),
  );
  expect(missing).toEqual([]);
});

/** Where a package that is in `path` would find another, nearest first. */
function placesOf(path: string, name: string): readonly string[] {
  const parts = path === '' ? [] : path.split(/(?:^|\/)node_modules\//).slice(1);
  return Array.from({ length: parts.length + 1 }, (_, up) =>
    [...parts.slice(0, parts.length - up), name].map((part) => `node_modules/${part}`).join('/'),
  );
}
