import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, open, realpath, rename, unlink } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { incidentError } from '../../../src/incident/errors.ts';
import { fsyncDirectory } from '../../../src/store/fsync.ts';
import { isOfIncident } from './whose-file.ts';

export interface Written {
  readonly name: string;
  readonly markdown: string;
  readonly incident: string;
}

const mostBytes = 4 * 1024 * 1024;

/**
 * Writes a report into a folder of this host: whole or not at all, and so that it outlives a loss of power. Nothing but a file of the same
 * incident is replaced, and nothing that is a link is followed. Gives the path. Errors: `publish-refused`.
 */
export async function writeReport(folder: string, { name, markdown, incident }: Written): Promise<string> {
  if (!/^[a-z0-9][a-z0-9_-]{0,120}\.md$/.test(name)) throw refused('its file name is not one', 'report this');
  await assertFolder(folder);
  const target = join(folder, name);
  const isThere = await isOurs(target, incident);
  const scratch = join(folder, `.${name}.${randomBytes(8).toString('hex')}`);
  try {
    await writeNew(scratch, markdown);
    // A link never replaces: whoever made a file of that name meanwhile keeps it.
    if (isThere) await rename(scratch, target);
    else await link(scratch, target);
  } catch (error) {
    if (codeOf(error) === 'EEXIST')
      throw refused(`${name} was made by somebody meanwhile`, 'move that file away', error);
    if (['EACCES', 'EROFS', 'ENOSPC', 'EPERM', 'EDQUOT'].includes(codeOf(error) ?? '')) {
      throw refused(`the folder could not be written (${codeOf(error)})`, 'make it writable for the daemon', error);
    }
    throw error;
  } finally {
    await unlink(scratch).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error;
    });
  }
  fsyncDirectory(folder);
  return target;
}

/** A real folder by its own name: a link would lead to where nobody said. */
async function assertFolder(folder: string): Promise<void> {
  const next = 'let `incident.publish.folder` in castellan.yaml name a folder that is there, by its real path';
  if (!isAbsolute(folder)) throw refused('the folder is not an absolute path', next);
  const found = await lstat(folder).catch((error: unknown) => {
    throw refused(`the folder cannot be looked at (${codeOf(error) ?? 'unknown'})`, next, error);
  });
  if (found.isSymbolicLink() || !found.isDirectory()) throw refused('what is configured is no folder', next);
  if ((await realpath(folder)) !== folder.replace(/(?<=.)\/+$/, '')) throw refused('a link leads to the folder', next);
}

async function isOurs(target: string, incident: string): Promise<boolean> {
  const next = 'move that file away, or give the report another title';
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw refused(`what has its name cannot be replaced (${codeOf(error) ?? 'unknown'})`, next, error);
  }
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > mostBytes) throw refused('what has its name is no report', next);
    if (!isOfIncident(await file.readFile('utf8'), incident)) {
      throw refused("a file of its name is there, and is not this incident's", next);
    }
    return true;
  } finally {
    await file.close();
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o644,
  );
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function refused(message: string, next: string, cause?: unknown): Error {
  return incidentError('publish-refused', { message, next, ...(cause === undefined ? {} : { cause }) });
}
