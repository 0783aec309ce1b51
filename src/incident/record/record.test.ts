import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openEmbeddedDatabase } from '../../store/pglite.ts';
import { describeRecord } from './record.contract.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-record-'));
afterAll(() => rmSync(home, { recursive: true }));

describeRecord('the embedded database', async () => {
  const database = await openEmbeddedDatabase(join(home, 'database'));
  return [database, database];
});
