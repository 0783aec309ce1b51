import { fsyncSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { openEmbeddedDatabase } from './pglite.ts';

vi.mock('node:fs', async (load) => {
  const fs = await load<typeof import('node:fs')>();
  return { ...fs, fsyncSync: vi.fn(fs.fsyncSync) };
});

const home = mkdtempSync(join(tmpdir(), 'castellan-files-'));
afterAll(() => rmSync(home, { recursive: true }));

it('every commit of the embedded database reaches the disk before it is acknowledged', async () => {
  await using database = await openEmbeddedDatabase(join(home, 'database'));
  await database.execute('create table public.notes (note text)');
  for (const note of ['one', 'two', 'three']) {
    vi.mocked(fsyncSync).mockClear();
    await database.query('insert into public.notes values ($1)', [note]);
    expect(fsyncSync, note).toHaveBeenCalled();
  }
  vi.mocked(fsyncSync).mockClear();
  await database.query('select note from public.notes');
  expect(fsyncSync).not.toHaveBeenCalled();
}, 60_000);
