import { chmod, lstat, mkdir, readdir, realpath, rmdir, statfs, unlink } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { plannerError } from './errors.ts';

/**
 * Everything of a run lies in one folder in memory, and is gone when the run is over:
 *
 *   clone   the tree, /work inside        out     where the plan is written, /plan inside
 *   given   what the run may read          doors   sockets
 */
export interface RunFolder {
  readonly path: string;
  readonly clone: string;
  readonly out: string;
  readonly given: string;
  readonly doors: string;
  /** Removes it with all it holds, whatever the run left there. */
  wipe(): Promise<void>;
}

const tmpfs = 0x01021994;
const runName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,80}$/;

/** Errors: `work-not-tmpfs`, also where somebody else could write there. */
export async function makeRunFolder(workDirectory: string, run: string): Promise<RunFolder> {
  await assertWorkDirectory(workDirectory);
  if (!runName.test(run)) throw unfit('the name of the run is malformed');
  const path = join(workDirectory, run);
  const folder = {
    path,
    clone: join(path, 'clone'),
    out: join(path, 'out'),
    given: join(path, 'given'),
    doors: join(path, 'doors'),
    wipe: () => wipeForGood(path),
  };
  try {
    // Not to be listed by the user runs have, but walked through.
    await mkdir(path, { mode: 0o711 });
  } catch (cause) {
    throw unfit('a run of that name is there already', cause);
  }
  try {
    for (const [part, mode] of [
      [path, 0o711],
      [folder.out, 0o700],
      [folder.given, 0o755],
      [folder.doors, 0o711],
    ] as const) {
      await mkdir(part, { recursive: true });
      // Whatever the keep's umask is.
      await chmod(part, mode);
    }
  } catch (error) {
    await folder.wipe();
    throw error;
  }
  return folder;
}

/** Removes every run that an earlier keep left there. A link is removed, and what it leads to is not looked at. */
export async function wipeLeftovers(workDirectory: string): Promise<void> {
  await assertWorkDirectory(workDirectory);
  for (const name of await readdir(workDirectory)) {
    if (runName.test(name)) await wipeForGood(join(workDirectory, name));
  }
}

async function assertWorkDirectory(path: string): Promise<void> {
  if (!isAbsolute(path)) throw unfit('it is not an absolute path');
  await mkdir(path, { recursive: true, mode: 0o711 });
  const found = await lstat(path);
  if (!found.isDirectory() || (await realpath(path)) !== path) throw unfit('a link leads there');
  if (found.uid !== process.getuid?.()) throw unfit('it belongs to another user');
  if ((found.mode & 0o022) !== 0) throw unfit('others can write there');
  if ((await statfs(path)).type !== tmpfs) throw unfit('it is not in memory');
  // Started as root, the keep gives its runs to another user, who has to get there.
  if (found.uid === 0 && (found.mode & 0o011) !== 0o011) await chmod(path, found.mode | 0o011);
}

/** Of a process that was killed. */
const longestDeathMs = 10_000;

/** What was killed may write one more file before it is dead. */
async function wipeForGood(path: string): Promise<void> {
  for (const until = Date.now() + longestDeathMs; ; await sleep(20)) {
    try {
      return await wipe(path);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if ((code !== 'ENOTEMPTY' && code !== 'ENOENT') || Date.now() > until) throw error;
    }
  }
}

/** A run may have taken the rights of its own folders away; a link is removed, and what it leads to is not looked at. */
async function wipe(path: string): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return;
  if (!found.isDirectory()) return unlink(path);
  if ((found.mode & 0o700) !== 0o700) await chmod(path, 0o700);
  await Promise.all((await readdir(path)).map((name) => wipe(join(path, name))));
  await rmdir(path);
}

function unfit(why: string, cause?: unknown): Error {
  return plannerError('work-not-tmpfs', {
    message: `the work directory cannot be used: ${why}`,
    next: 'set workDirectory in keep.yaml to a folder on a tmpfs that the keep alone can write to, such as one in /run or /dev/shm',
    ...(cause === undefined ? {} : { cause }),
  });
}
