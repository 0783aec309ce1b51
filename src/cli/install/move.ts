import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { installError } from './errors.ts';
import { type Ids, paths, under } from './layout.ts';
import { ensureFile, type Trust } from './place.ts';

/** A credential where an agent may read it, held open: what was looked at is what is moved. */
export interface Found extends Disposable {
  readonly path: string;
  /** Its name among the credentials. */
  readonly name: string;
  readonly text: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Takes away exactly the file that was opened. */
  remove(): void;
}

const most = 1_048_576;

/**
 * Opens a file that is to be moved. It lies where its owner can exchange folders for links while this runs as root, so no path is
 * trusted twice: the kernel is asked what was opened, and the file is removed through the folder that was opened.
 * Errors: `install-credential-refused`.
 */
export function openCredential(path: string): Found {
  const refuse = (why: string, cause?: unknown): Error =>
    installError('install-credential-refused', {
      message: `${path} is not moved: ${why}`,
      next: 'name the file itself, by its absolute path, not a link to it; or move it by hand',
      ...(cause === undefined ? {} : { cause }),
    });
  if (!isAbsolute(path) || path !== join(path)) throw refuse('its path is not absolute and plain');
  const folder = openAt(dirname(path), constants.O_DIRECTORY, refuse);
  try {
    const file = openAt(`/proc/self/fd/${folder}/${basename(path)}`, constants.O_NONBLOCK, refuse);
    try {
      if (readlinkSync(`/proc/self/fd/${file}`) !== path) throw refuse('there is a link on the way to it');
      const [stats, above] = [fstatSync(file), fstatSync(folder)];
      if (!stats.isFile()) throw refuse('it is no file');
      if (stats.uid !== above.uid) throw refuse(`it belongs to uid ${stats.uid} and its folder to uid ${above.uid}`);
      if (stats.nlink > 1) throw refuse(`it has ${stats.nlink} names (hard links), and moving takes only one away`);
      if (stats.size > most) throw refuse(`it is larger than ${most} bytes`);
      const content = readFileSync(file);
      const text = content.toString('utf8');
      if (!Buffer.from(text).equals(content)) throw refuse('it is not text');
      return {
        path,
        name: nameOf(path),
        text,
        sha256: createHash('sha256').update(content).digest('hex'),
        bytes: content.byteLength,
        remove: () => {
          const again = lstatSync(`/proc/self/fd/${folder}/${basename(path)}`);
          if (again.ino !== stats.ino || again.dev !== stats.dev) throw refuse('it was exchanged meanwhile');
          rmSync(`/proc/self/fd/${folder}/${basename(path)}`);
          fsyncSync(folder);
        },
        [Symbol.dispose]: () => {
          closeSync(file);
          closeSync(folder);
        },
      };
    } catch (error) {
      closeSync(file);
      throw error;
    }
  } catch (error) {
    closeSync(folder);
    throw error;
  }
}

function openAt(path: string, flags: number, refuse: (why: string, cause: unknown) => Error): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | flags);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw refuse(code === 'ELOOP' || code === 'ENOTDIR' ? 'it is a link' : `it cannot be opened (${code})`, error);
  }
}

/** `.vault-token` → `vault-token`; `.kube/config` → `kube-config`, since many files are called that. */
function nameOf(path: string): string {
  const plain = (part: string): string => part.replace(/^\.+/, '').replace(/[^A-Za-z0-9._-]/g, '-');
  const name = plain(basename(path));
  const common = /^(?:config|credentials|keys|env|key|token)(?:\.|$)/.test(name);
  return common ? `${plain(basename(dirname(path)))}-${name}` : name;
}

export interface MoveTo {
  readonly root: string;
  /** Root, or whoever stages. */
  readonly owner: number;
  readonly ids: Ids;
  readonly trust: Trust;
}

/**
 * Writes it among the credentials, and only then takes it away from where it was. One that is there under the name already is
 * never written over. Errors: `install-credential-refused`, `install-target-unsafe`.
 */
export function moveCredential(found: Found, { root, owner, ids, trust }: MoveTo): string {
  const target = under(root, join(paths.credentials, found.name));
  if (existsSync(target) && sha256Of(target) !== found.sha256) {
    throw installError('install-credential-refused', {
      message: `${found.path} is not moved: ${target} is there, and another one`,
      next: 'rename one of the two, then run this again',
    });
  }
  ensureFile({ path: target, text: found.text, mode: 0o640, uid: owner, gid: ids.gid, ifOther: () => 'leave' }, trust);
  if (sha256Of(target) !== found.sha256) {
    throw installError('install-failed', {
      message: `${target} is not what was written to it; ${found.path} stays where it is`,
      next: 'check the disk, then run this again',
    });
  }
  found.remove();
  return target;
}

function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
