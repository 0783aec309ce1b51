import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeDatabase } from './database.contract.ts';
import { openEmbeddedDatabase } from './pglite.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-pglite-'));
const directory = join(home, 'database');
afterAll(() => rmSync(home, { recursive: true }));

describeDatabase('the embedded database', () => openEmbeddedDatabase(directory));

describe('the embedded database', () => {
  it('is on the disk when a commit is acknowledged', async () => {
    await using database = await openEmbeddedDatabase(directory);
    expect(
      await database.query(`select current_setting('fsync') as fsync, current_setting('wal_sync_method') as method,
        current_setting('synchronous_commit') as commit`),
    ).toEqual([{ fsync: 'on', method: 'fsync', commit: 'on' }]);
  });

  it('is made anew when an earlier start was killed while making it', async () => {
    const interrupted = join(home, 'interrupted');
    mkdirSync(`${interrupted}.unfinished`);
    writeFileSync(join(`${interrupted}.unfinished`, 'PG_VERSION'), '18\n');
    await using database = await openEmbeddedDatabase(interrupted);
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
    expect(readdirSync(home)).not.toContain('interrupted.unfinished');
  }, 60_000);

  it('is never laid over files that are something else', async () => {
    const foreign = join(home, 'foreign');
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'notes.txt'), 'mine');
    await expect(openEmbeddedDatabase(foreign)).rejects.toMatchObject({ code: 'database-directory-foreign' });
    expect(readdirSync(foreign)).toEqual(['notes.txt']);
  });
});
