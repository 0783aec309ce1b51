import { definePort } from '../kit/index.ts';
import type { Database } from './database.ts';

/**
 * The daemon's database, for groups that keep something. It opens behind the sockets, so a group gets it before it is open:
 * whoever asks waits for it, and nobody asks while it connects.
 */
export interface LentDatabase {
  /** Rejects with `store-unavailable` where it could not be opened, and where there is none. */
  whenOpen(): Promise<Database>;
}

export const databasePort = definePort<LentDatabase>('database');
