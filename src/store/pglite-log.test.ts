import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openEmbeddedArchive, openEmbeddedDatabase } from './pglite.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-log-'));
const directory = join(home, 'database');
afterAll(() => rmSync(home, { recursive: true }));

const megabyte = 2 ** 20;
const logMegabytes = (): number =>
  readdirSync(join(directory, 'pg_wal'), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { name }) => sum + statSync(join(directory, 'pg_wal', name)).size / megabyte, 0);

it('the log does not grow without end, and copies, a close and a start go on over its checkpoints', async () => {
  const notes: { readonly note: number }[] = [];
  let most = 0;
  let archive: Uint8Array<ArrayBuffer>;
  {
    await using database = await openEmbeddedDatabase(directory);
    await database.execute('create table public.notes (note int)');
    const write = async (note: number): Promise<void> => {
      await database.query('insert into public.notes values ($1)', [note]);
      await database.query(`select pg_logical_emit_message(false, 'castellan', repeat('x', 2000000))`);
      notes.push({ note });
      most = Math.max(most, logMegabytes());
    };
    for (let note = 0; note < 150; note += 1) await write(note);
    expect(most).toBeLessThan(150);
    archive = await database.dump();
    await write(150);
  }
  await using reopened = await openEmbeddedDatabase(directory);
  expect(await reopened.query('select note from public.notes order by note')).toEqual(notes);
  await using copy = await openEmbeddedArchive(join(home, 'copy'), archive);
  expect(await copy.query('select note from public.notes order by note')).toEqual(notes.slice(0, 150));
}, 120_000);
