import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeJobs } from './jobs.contract.ts';
import { openEmbeddedDatabase } from './pglite.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-jobs-'));
afterAll(() => rmSync(home, { recursive: true }));

describeJobs('the embedded database', () => openEmbeddedDatabase(join(home, 'database')));
