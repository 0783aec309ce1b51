import { mkdtempSync, readdirSync, rmSync, type StatsFs, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { roomFault } from './disk-room.ts';
import { openEmbeddedDatabase } from './pglite.ts';

/** What the file system answers instead of what is so. */
const answer = vi.hoisted((): { of: (() => StatsFs) | undefined } => ({ of: undefined }));
vi.mock('node:fs', async (load) => {
  const fs = await load<typeof import('node:fs')>();
  return { ...fs, statfsSync: (path: string) => answer.of?.() ?? fs.statfsSync(path) };
});

const home = mkdtempSync(join(tmpdir(), 'castellan-room-'));
const roomy = { ...statfsSync(home), bsize: 4_096, blocks: 2 ** 20, bavail: 2 ** 19, files: 1_000, ffree: 500 };
const looksLike = (told: Partial<StatsFs>): void => {
  answer.of = () => ({ ...roomy, ...told });
};
afterEach(() => looksLike({}));
afterAll(() => rmSync(home, { recursive: true }));

describe('the room on a disk', () => {
  it.each([
    [{ bavail: 12_287 }, 'has 47 MB free, and the embedded database needs 48 MB'],
    // What is kept for root is not for a daemon.
    [{ bavail: 0, bfree: 2 ** 19 }, 'has 0 MB free'],
    [{ ffree: 0 }, 'has no room for new files (no free inodes)'],
  ])('is too little with %o, and says so', (told, words) => {
    looksLike(told);
    expect(roomFault(home)).toMatchObject({
      code: 'database-disk-full',
      audience: 'operator',
      message: expect.stringContaining(`the disk of ${home} ${words}`),
      next: expect.stringContaining('make room'),
    });
  });

  it.each([
    [{ bavail: 12_288 }, 'exactly as much as is kept'],
    [{ blocks: 0, bavail: 0, files: 0, ffree: 0 }, 'a file system that tells nothing'],
    [{ files: 0, ffree: 0 }, 'a file system without a fixed number of files'],
  ])('is enough with %o: %s', (told, _) => {
    looksLike(told);
    expect(roomFault(home)).toBeUndefined();
  });

  it('is taken for enough where the file system does not answer', () => {
    answer.of = () => {
      throw Object.assign(new Error('ENOSYS: function not implemented'), { code: 'ENOSYS' });
    };
    expect(roomFault(home)).toBeUndefined();
  });
});

describe('the embedded database on a disk without room', () => {
  const full = { code: 'database-disk-full' };

  it('is not made, and is made once there is room', async () => {
    looksLike({ bavail: 2 ** 14 });
    await expect(openEmbeddedDatabase(join(home, 'new'))).rejects.toMatchObject(full);
    looksLike({});
    await using database = await openEmbeddedDatabase(join(home, 'new'));
    await database.execute('create table public.notes (note text)');
    expect(readdirSync(home)).toEqual(['new']);
  }, 120_000);

  it('starts no statement, no transaction and no copy; a transaction under way is taken back; then it goes on', async () => {
    const directory = join(home, 'new');
    {
      await using database = await openEmbeddedDatabase(directory);
      looksLike({ bavail: 0 });
      await expect(database.query('select 1')).rejects.toMatchObject(full);
      await expect(database.execute(`insert into public.notes values ('a')`)).rejects.toMatchObject(full);
      await expect(database.transaction(async () => undefined)).rejects.toMatchObject(full);
      await expect(database.dump()).rejects.toMatchObject(full);
      looksLike({});
      await expect(
        database.transaction(async (transaction) => {
          await transaction.query(`insert into public.notes values ('b')`);
          looksLike({ bavail: 0 });
          await transaction.query(`insert into public.notes values ('c')`);
        }),
      ).rejects.toMatchObject(full);
      looksLike({});
      await database.query(`insert into public.notes values ('d')`);
      looksLike({ bavail: 0 });
    }
    // It was closed without its last checkpoint, and does not open here.
    await expect(openEmbeddedDatabase(directory)).rejects.toMatchObject(full);
    looksLike({});
    await using database = await openEmbeddedDatabase(directory);
    expect(await database.query('select note from public.notes')).toEqual([{ note: 'd' }]);
  });
});
