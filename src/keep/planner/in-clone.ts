import { constants } from 'node:fs';
import { lstat, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unusable } from './errors.ts';

/**
 * Files of a clone, or of what a run wrote, looked at from outside. Whoever made them may have put links anywhere, and a link
 * would lead the keep, with the keep's rights, to a file of the machine: none is ever followed.
 */

/** Bytes of a plain file; undefined when nothing is there, or anything but a file. Errors: `profile-unusable` for larger ones. */
export async function readPlain(folder: string, path: string, mostBytes: number): Promise<Buffer | undefined> {
  if (!(await isPlainFolder(folder, dirname(path)))) return undefined;
  const handle = await openPlain(join(folder, path));
  if (handle === undefined) return undefined;
  try {
    const found = await handle.stat();
    if (!found.isFile()) return undefined;
    if (found.size > mostBytes)
      throw unusable(`the run left ${path} larger than is read`, 'see what the stack writes there');
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

async function openPlain(path: string) {
  try {
    // Not to wait where a run left a pipe.
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      ['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO'].includes(String(error.code))
    ) {
      return undefined;
    }
    throw error;
  }
}

/** Whether the path leads to a folder by folders alone. */
export async function isPlainFolder(folder: string, path: string): Promise<boolean> {
  return (await plainParts(folder, path)) === undefined;
}

/** Writes a new file in place of what is there. Errors: `profile-unusable` where a link is on the way, or `..`. */
export async function writePlain(folder: string, path: string, content: string | Buffer, mode: number): Promise<void> {
  const parent = dirname(path);
  const missing = await plainParts(folder, parent);
  if (missing === 'refused') {
    throw unusable(
      `the path ${path} leads through a link, or out of the repository`,
      'correct the paths of the profile in keep.yaml',
    );
  }
  await mkdir(join(folder, parent), { recursive: true });
  await rm(join(folder, path), { force: true });
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(join(folder, path), flags, mode);
  try {
    await handle.writeFile(content);
    await handle.chmod(mode);
  } finally {
    await handle.close();
  }
}

/** Undefined when all parts are folders; `missing` when they end at some point. */
async function plainParts(folder: string, path: string): Promise<undefined | 'missing' | 'refused'> {
  let at = folder;
  for (const part of path.split('/').filter((one) => one !== '' && one !== '.')) {
    if (part === '..') return 'refused';
    at = join(at, part);
    const found = await lstat(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (found === undefined) return 'missing';
    if (!found.isDirectory()) return 'refused';
  }
  return undefined;
}
