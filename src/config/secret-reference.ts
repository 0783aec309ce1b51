import { Secret } from '../kit/index.ts';
import { configError } from './errors.ts';
import type { Problem } from './problem.ts';
import { readSmallFile, systemCode } from './small-file.ts';

/**
 * Where a secret is: a file, or a key of a Vault path. The value is read when it is needed, and only into a `Secret`.
 */
export type SecretPlace =
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'vault';
      readonly mount: string;
      readonly path: string;
      readonly key: string;
      /** Undefined: the newest. */
      readonly version: number | undefined;
    };

/** Reads what `secretReference` let through. */
export function parseSecretPlace(reference: string): SecretPlace {
  const [, mount, path, key, version] = /^vault:\/\/([^/]+)\/([^#]+)#([^@]+)(?:@(\d+))?$/.exec(reference) ?? [];
  if (mount === undefined || path === undefined || key === undefined) return { kind: 'file', path: reference };
  return { kind: 'vault', mount, path, key, version: version === undefined ? undefined : Number(version) };
}

const limitBytes = 65_536;

/**
 * The secret behind a proven reference; `key` is the configuration key that holds the reference, for the error. A file's
 * last newline is not part of it. Throws `secret-file-unsafe`, `secret-file-unusable`, `secret-unresolvable`; none of
 * them quotes the reference, which may be a secret that somebody put in the wrong place.
 */
export function readSecret(reference: string, key: string): Secret {
  const read = tryReadSecret(reference, key);
  if (read instanceof Secret) return read;
  throw configError(read.code, { message: read.message, next: read.next });
}

type Failure = Pick<Problem, 'code' | 'message' | 'next'>;

export function tryReadSecret(reference: string, key: string, user = process.geteuid?.()): Secret | Failure {
  const place = parseSecretPlace(reference);
  if (place.kind === 'vault') {
    return {
      code: 'secret-unresolvable',
      message: `${key} points into Vault, and nothing here can read a secret from Vault yet`,
      next: `write the secret to a file that only the daemon's user can read, and name that file in ${key}`,
    };
  }
  const unusable = (what: string, next: string): Failure => ({
    code: 'secret-file-unusable',
    message: `the file that ${key} names ${what}`,
    next,
  });
  try {
    const { stats, text } = readSmallFile(place.path, limitBytes);
    if (!stats.isFile()) return unusable('is not a regular file', `name a file in ${key}`);
    // Its group may read it: that is how a pod's volume hands a file to one user. Nobody else may, and nobody may write.
    if ((stats.mode & 0o027) !== 0) {
      const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
      return {
        code: 'secret-file-unsafe',
        message: `the file that ${key} names can be read or changed by others (mode ${mode})`,
        next: 'chmod it to 0600, or 0440 in a pod (defaultMode), and change the secret: others may have read it',
      };
    }
    if (user !== undefined && stats.uid !== user && stats.uid !== 0) {
      return {
        code: 'secret-file-unsafe',
        message: `the file that ${key} names belongs to another user`,
        next: 'chown it to the user the daemon runs as, or to root',
      };
    }
    if (text === undefined)
      return unusable(`is larger than ${limitBytes} bytes`, 'name the file that holds the secret alone');
    const value = text.replace(/\r?\n$/, '');
    if (value.trim() === '') return unusable('is empty', 'write the secret into it');
    return new Secret(value);
  } catch (error) {
    if (error instanceof TypeError) return unusable('is not UTF-8 text', 'write the secret into it as text');
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return unusable('does not exist', 'check the path; a relative one begins at the folder of castellan.yaml');
    }
    return unusable(`cannot be read (${code})`, 'let the user the daemon runs as read it, and nobody else');
  }
}
