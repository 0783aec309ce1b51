import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { openEmbeddedDatabase } from './pglite.ts';
import type { LentDatabase } from './port.ts';

export interface ScratchDatabase extends AsyncDisposable {
  readonly database: Database;
  readonly lent: LentDatabase;
}

/** An embedded database with Castellan's schema, for as long as a file of tests runs. */
export async function openScratchDatabase(): Promise<ScratchDatabase> {
  const home = mkdtempSync(join(tmpdir(), 'castellan-scratch-'));
  const database = await openEmbeddedDatabase(join(home, 'database'));
  await migrate(database, { build: 'test' });
  return {
    database,
    lent: { whenOpen: async () => database },
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
