import { definePort } from '../kit/index.ts';
import type { Database } from './database.ts';
import type { StoreLog } from './log.ts';

/**
 * The daemon's database, for groups that keep something. It opens behind the sockets, so a group gets it before it is open:
 * whoever asks waits for it, and nobody asks while it connects.
 */
export interface LentDatabase {
  /** Rejects with `store-unavailable` where it could not be opened, and where there is none. */
  whenOpen(): Promise<Database>;
}

/** Folders in the data directory, for groups that keep files: mirrors, caches. Whatever lies there can be made anew. */
export interface LentFolders {
  /** A folder of this group alone (mode 0700), made if need be. Errors: `data-folder-unusable`. */
  of(group: string): string;
}

export const foldersPort = definePort<LentFolders>('folders');

export const databasePort = definePort<LentDatabase>('database');

/** The daemon's log, for what a group does while nobody waits for it. Of an error in `err` no message is written: it may quote what an agent sent. */
export const logPort = definePort<StoreLog>('log');
