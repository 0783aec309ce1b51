import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Secret } from '../kit/index.ts';
import { configError } from './errors.ts';

/** Where a secret is: exactly one of the two, as castellan.yaml names it. */
export type SecretReference = { readonly file: string } | { readonly vault: string };

const largestSecretBytes = 65_536;

/** Errors: `secret-file-unsafe`, `secret-vault-unconfigured`. */
export function resolveSecret(reference: SecretReference): Secret {
  if ('file' in reference) return readSecretFile(reference.file);
  throw configError('secret-vault-unconfigured', {
    message: `${reference.vault} cannot be read, because no Vault is configured`,
    next: 'put the value in a file only its owner can read and name it with passwordFile',
  });
}

/**
 * The content of a file that only its owner can reach, without one newline at its end. Links are followed, because mounted
 * secrets are links; what is judged is the file that was opened, so that swapping it in between changes nothing.
 */
function readSecretFile(file: string): Secret {
  const descriptor = open(file);
  try {
    const { mode, uid, size } = regular(file, descriptor);
    if (uid !== 0 && uid !== process.getuid?.()) {
      throw unsafe(file, 'belongs to another user', 'make it belong to the user Castellan runs as');
    }
    if ((mode & 0o077) !== 0) throw unsafe(file, 'is within reach of other users', `run \`chmod 600 ${file}\` and change the secret`);
    if (size > largestSecretBytes) throw unsafe(file, `is larger than ${largestSecretBytes} bytes`, 'name the file that holds only the secret');
    const text = readAll(file, descriptor).replace(/\r?\n$/, '');
    if (text === '') throw unsafe(file, 'is empty', 'write the secret into it');
    return new Secret(text);
  } finally {
    closeSync(descriptor);
  }
}

/** Without waiting: a pipe in place of the file would hold the daemon's start for ever. */
function open(file: string): number {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    throw unsafe(file, 'cannot be opened', 'check that it exists and that the user Castellan runs as can read it', error);
  }
}

function regular(file: string, descriptor: number) {
  const stat = fstatSync(descriptor);
  if (!stat.isFile()) throw unsafe(file, 'is no plain file', 'name the file that holds the secret');
  return stat;
}

function readAll(file: string, descriptor: number): string {
  const buffer = Buffer.alloc(largestSecretBytes + 1);
  let length = 0;
  for (;;) {
    const read = readSync(descriptor, buffer, length, buffer.length - length, null);
    if (read === 0) break;
    length += read;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, length));
  } catch (error) {
    throw unsafe(file, 'is not text', 'write the secret as UTF-8', error);
  } finally {
    buffer.fill(0);
  }
}

function unsafe(file: string, what: string, next: string, cause?: unknown): Error {
  return configError('secret-file-unsafe', {
    message: `the secret file ${file} ${what}`,
    next,
    ...(cause === undefined ? {} : { cause }),
  });
}
