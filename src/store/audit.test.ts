import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeAudit } from './audit.contract.ts';
import { describeAuditWriter } from './audit-writer.contract.ts';
import { openEmbeddedDatabase } from './pglite.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-audit-'));
afterAll(() => rmSync(home, { recursive: true }));

describeAudit('the embedded database', () => openEmbeddedDatabase(join(home, 'database')));
describeAuditWriter('the embedded database', () => openEmbeddedDatabase(join(home, 'for-writing')));
