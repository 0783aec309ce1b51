import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What was moved, as far as finding copies of it takes. */
export interface Wanted {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface Copies {
  readonly found: readonly { readonly path: string; readonly name: string }[];
  readonly looked: number;
  /** Not everything was looked at: there were more entries, or some could not be read. */
  readonly incomplete: boolean;
}

const mostEntries = 200_000;
const deepest = 12;
/** Large, made by programs, and made again by them. */
const passedOver = new Set(['node_modules', '.cache', '.terragrunt-cache', '.npm', '.cargo', '.rustup', 'go']);

/**
 * Files below a folder with the same content, by size and hash. Never follows a link, never leaves the file system, and stops
 * after so many entries: it says so. What it opens is somebody's: a pipe or a device is not waited for.
 */
export function findCopies(folder: string, wanted: readonly Wanted[], limit = mostEntries): Copies {
  const found: { path: string; name: string }[] = [];
  const sizes = new Map(wanted.map((one) => [one.bytes, wanted.filter(({ bytes }) => bytes === one.bytes)]));
  const top = lstatSync(folder, { throwIfNoEntry: false });
  if (top?.isDirectory() !== true || wanted.length === 0) return { found, looked: 0, incomplete: wanted.length > 0 };
  let looked = 0;
  let incomplete = false;
  const waiting = [{ path: folder, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path, depth } = next;
    const names = namesIn(path);
    if (names === undefined) incomplete = true;
    for (const name of names ?? []) {
      if (looked >= limit) return { found, looked, incomplete: true };
      looked += 1;
      const inner = join(path, name);
      const stats = lstatSync(inner, { throwIfNoEntry: false });
      if (stats === undefined || stats.dev !== top.dev) continue;
      if (stats.isDirectory()) {
        if (passedOver.has(name)) continue;
        if (depth < deepest) waiting.push({ path: inner, depth: depth + 1 });
        else incomplete = true;
      } else if (stats.isFile()) {
        const candidates = sizes.get(stats.size) ?? [];
        const hash = candidates.length === 0 ? undefined : sha256Of(inner, stats.size);
        found.push(
          ...candidates.filter(({ sha256 }) => sha256 === hash).map((one) => ({ path: inner, name: one.name })),
        );
      }
    }
  }
  return { found, looked, incomplete };
}

function namesIn(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder);
  } catch {
    return undefined; // It went away, or may not be read: the search is not whole, and says so.
  }
}

function sha256Of(path: string, size: number): string | undefined {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(descriptor);
      if (!stats.isFile() || stats.size !== size) return undefined;
      return createHash('sha256').update(readFileSync(descriptor)).digest('hex');
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined; // Exchanged or removed in between: no copy any more.
  }
}
