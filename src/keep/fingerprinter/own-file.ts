import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { fsyncDirectory } from '../../store/fsync.ts';
import { fingerprinterError } from './errors.ts';

/** Its bytes, or undefined when there is none. A file that others own, read or write is not ours: `fingerprinter-state-unusable`. */
export function readOwnFile(file: string): Buffer | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw stateUnusable(file, `cannot be opened (${codeOf(error)})`, error);
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw stateUnusable(file, 'is no file');
    if (stats.uid !== process.geteuid?.()) throw stateUnusable(file, `belongs to another user (uid ${stats.uid})`);
    if ((stats.mode & 0o077) !== 0)
      throw stateUnusable(file, 'can be read or written by others; it must have mode 0600');
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Whole or not at all, also when the machine loses its power in between. */
export function writeOwnFile(file: string, bytes: Buffer | string): void {
  const fresh = `${file}.new`;
  // What is left of one that died while it wrote.
  rmSync(fresh, { force: true });
  try {
    const descriptor = openSync(fresh, 'wx', 0o600);
    try {
      writeFileSync(descriptor, bytes);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(fresh, file);
    fsyncDirectory(dirname(file));
  } catch (error) {
    throw stateUnusable(file, `cannot be written (${codeOf(error)})`, error);
  }
}

export function stateUnusable(file: string, why: string, cause?: unknown): Error {
  return fingerprinterError('fingerprinter-state-unusable', {
    message: `${file} ${why}`,
    next: 'stop the fingerprinter, look who changed it, and remove it: the history begins anew with the versions Vault still has',
    cause,
  });
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no reason given';
}
