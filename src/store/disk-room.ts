import { type StatsFs, statfsSync } from 'node:fs';
import type { CastellanError } from '../kit/index.ts';
import { storeError } from './errors.ts';

const megabyte = 2 ** 20;

/**
 * The embedded database cannot bear that its log finds no room: it dies in the middle of a statement, and every call after that
 * would turn this thread in circles for good. So nothing is started with less free than three segments of the log: one that
 * is being written, one that the statement may need, one for what else writes on this disk. (Measured: 3 µs a look.)
 */
export const reservedBytes = 48 * megabyte;

/** What a new database takes, its first log included. */
export const newDatabaseBytes = 64 * megabyte;

/** Why nothing may be started in `directory` now; undefined when there is room. */
export function roomFault(directory: string, needed: number = reservedBytes): CastellanError | undefined {
  const disk = lookAt(directory);
  // Some file systems do not tell their size, or have no fixed number of files: both say 0 of 0.
  if (disk === undefined || disk.blocks === 0) return undefined;
  const free = disk.bavail * disk.bsize;
  const noNames = disk.files > 0 && disk.ffree < 8;
  if (free >= needed && !noNames) return undefined;
  const missing = noNames
    ? 'has no room for new files (no free inodes)'
    : `has ${Math.floor(free / megabyte)} MB free, and the embedded database needs ${needed / megabyte} MB`;
  return storeError('database-disk-full', {
    message: `the disk of ${directory} ${missing}; nothing was read or written`,
    next: 'make room on that disk, or give the data directory a larger one; the daemon goes on by itself once there is room',
  });
}

export function assertRoom(directory: string, needed?: number): void {
  const fault = roomFault(directory, needed);
  if (fault !== undefined) throw fault;
}

/**
 * Undefined when the file system does not answer. Then work goes on: this look is a precaution, a database on such a file
 * system works all the same, and one that dies of a full disk is still noticed (pglite.ts).
 */
function lookAt(directory: string): StatsFs | undefined {
  try {
    return statfsSync(directory);
  } catch {
    return undefined;
  }
}
