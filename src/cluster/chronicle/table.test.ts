import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openEmbeddedDatabase } from '../../store/pglite.ts';
import { describeTable } from './table.contract.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-table-'));
afterAll(() => rmSync(home, { recursive: true }));

describeTable('the embedded database', () => openEmbeddedDatabase(join(home, 'database')));
