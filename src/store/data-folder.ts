import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineErrors } from '../kit/index.ts';
import type { LentFolders } from './port.ts';

const folderError = defineErrors({
  'data-folder-unusable': {
    audience: 'operator',
    meaning: 'A folder in the data directory that a group keeps files in cannot be made, or is not the daemon’s alone.',
  },
});

/** Folders below `groups` in the data directory, one a group. */
export function lendFolders(home: string): LentFolders {
  return {
    of(group) {
      if (!/^[a-z][a-z0-9-]{0,40}$/.test(group)) throw new Error(`${group} is no name of a group`);
      const above = join(home, 'groups');
      makePrivate(above);
      const folder = join(above, group);
      makePrivate(folder);
      return folder;
    },
  };
}

function makePrivate(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    // A link leads to where nobody looked whose it is.
    if (!found.isDirectory() || found.uid !== (process.geteuid?.() ?? found.uid))
      throw new Error('it is no folder of ours');
    if ((found.mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
  } catch (error) {
    throw folderError('data-folder-unusable', {
      message: `the folder ${folder} cannot be made, or is not the daemon's alone`,
      next: 'move away what has its name, and let this user write to the data directory',
      cause: error,
    });
  }
}
