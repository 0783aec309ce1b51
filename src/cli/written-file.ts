import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { CastellanError, defineErrors } from '../kit/index.ts';

const writeError = defineErrors({
  'init-not-written': {
    audience: 'operator',
    meaning: '`castellan init` could not write a file; that file is as it was.',
  },
});

export interface WrittenFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
  /** Take the place of what is there. Otherwise a file that is there wins, even one made in the meantime. */
  readonly replace: boolean;
  /** Sees the whole file under its temporary name; what it throws leaves everything as it was. */
  check?(temporary: string): void;
}

/**
 * Writes a file whole or not at all. False when one is there and may not be replaced. Throws `init-not-written`, with `next`
 * as the way out, and whatever the check throws of ours.
 */
export function placeWhole(file: WrittenFile, next = 'check the folder and its rights, and run this again'): boolean {
  try {
    return writeWhole(file);
  } catch (error) {
    if (error instanceof CastellanError) throw error;
    throw writeError('init-not-written', { message: `${file.path} could not be written`, next, cause: error });
  }
}

function writeWhole({ path, text, mode, replace, check }: WrittenFile): boolean {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.new-${randomBytes(6).toString('hex')}`;
  const descriptor = openSync(temporary, 'wx', 0o600);
  try {
    try {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    chmodSync(temporary, mode);
    check?.(temporary);
    if (replace) renameSync(temporary, path);
    else linkSync(temporary, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
