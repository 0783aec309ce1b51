import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { defineErrors } from '../kit/index.ts';
import { fsyncDirectory } from './fsync.ts';

const keyError = defineErrors({
  'key-file-unusable': {
    audience: 'operator',
    meaning: 'A key file in the data directory cannot be read or written, or is no key.',
  },
  'key-file-exposed': {
    audience: 'operator',
    meaning: 'A key file can be read or changed by every user of the machine.',
  },
});

/**
 * The 256-bit key in `file` (64 hex digits), made on first use. Two that make it at the same time get the same one: a key
 * is written whole under another name and linked to its own, which only one can do.
 * Errors: `key-file-unusable`, `key-file-exposed`.
 */
export function loadOrCreateKey(file: string): KeyObject {
  const text = loadOrCreateKeyText(file, /^[0-9a-f]{64}$/, randomBytes(32).toString('hex'));
  return createSecretKey(text, 'hex');
}

/** The same for a key of any shape: `fresh` is written where there is none. Errors: as above. */
export function loadOrCreateKeyText(file: string, shape: RegExp, fresh: string): string {
  try {
    if (statSync(file, { throwIfNoEntry: false }) === undefined) createKeyFile(file, fresh);
    assertNotExposed(file);
    const text = readFileSync(file, 'utf8').trim();
    if (!shape.test(text)) throw new Error('it is of another shape than such a key');
    return text;
  } catch (error) {
    if (!(error instanceof Error) || error.name === 'CastellanError') throw error;
    throw keyError('key-file-unusable', {
      message: `the key file ${file} cannot be used`,
      next: 'check its folder and rights, or put the key back from a backup; a new key cannot verify or open what the old one signed or sealed',
      cause: error,
    });
  }
}

function createKeyFile(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const written = `${file}.new-${randomBytes(8).toString('hex')}`;
  const descriptor = openSync(written, 'wx', 0o600);
  try {
    writeSync(descriptor, `${text}\n`);
    fsyncSync(descriptor);
    linkSync(written, file);
    fsyncDirectory(dirname(file));
  } catch (error) {
    // Another process made it first: that one is the key.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    closeSync(descriptor);
    rmSync(written, { force: true });
  }
}

function assertNotExposed(file: string): void {
  if ((statSync(file).mode & 0o007) === 0) return;
  throw keyError('key-file-exposed', {
    message: `the key file ${file} is open to every user of this machine`,
    next: `run \`chmod 600 ${file}\`, and take the key for known: replace it if others use this machine`,
  });
}
