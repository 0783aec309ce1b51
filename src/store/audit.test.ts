import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeAudit } from './audit.contract.ts';
import { openEmbeddedDatabase } from './pglite.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-audit-'));
afterAll(() => rmSync(home, { recursive: true }));

describeAudit('the embedded database', () => openEmbeddedDatabase(join(home, 'database')));
