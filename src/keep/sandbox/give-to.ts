import { lchown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sandboxError } from './errors.ts';

/**
 * Makes a folder and all in it a user's own. No symbolic link is followed, and nothing that also has a name elsewhere is
 * given away: a clone may share its objects with the mirror by hard links. Nobody else may write there meanwhile.
 * A keep that is not root owns its runs already, and has nothing to do. Errors: `sandbox-request-refused`.
 */
export async function giveTo(uid: number, folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  if (!(await lstat(folder)).isDirectory()) throw refused(`${folder} is not a folder`);
  await give(uid, folder);
}

async function give(uid: number, folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await lstat(path);
    if (found.isDirectory()) {
      await give(uid, path);
      continue;
    }
    if (found.nlink > 1) throw refused(`${path} has another name elsewhere`);
    await lchown(path, uid, uid);
  }
  // Last, so that the new owner cannot move anything while its contents are still being walked.
  await lchown(folder, uid, uid);
}

function refused(message: string): Error {
  return sandboxError('sandbox-request-refused', {
    message: `the run was not started: ${message}`,
    next: 'clone without hard links (git clone --no-hardlinks or --shared)',
  });
}
