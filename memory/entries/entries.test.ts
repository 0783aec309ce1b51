import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openEmbeddedDatabase } from '../../src/store/pglite.ts';
import { describeEntries } from './entries.contract.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-entries-'));
afterAll(() => rmSync(home, { recursive: true }));

describeEntries('the embedded database', async () => {
  const database = await openEmbeddedDatabase(join(home, 'database'));
  return [database, database];
});
