import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeMigrationFiles, describeMigrations } from './migrate.contract.ts';
import { openEmbeddedDatabase } from './pglite.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-migrate-'));
afterAll(() => rmSync(home, { recursive: true }));

describeMigrationFiles();
describeMigrations('the embedded database', () => openEmbeddedDatabase(join(home, 'database')));
