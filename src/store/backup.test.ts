import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listArchive } from './archive.ts';
import { backupNow, listBackups, restoreBackup, scheduleBackups } from './backup.ts';
import type { Database } from './database.ts';
import { type DataLock, takeLock } from './lock.ts';
import { loadMigrations, migrate } from './migrate.ts';
import { openEmbeddedDatabase } from './pglite.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-backup-'));
const directory = join(home, 'database');
const backups = join(home, 'backups');
let lock: DataLock;

beforeAll(() => {
  lock = takeLock({ directory, socket: '/run/castellan/agent.sock', build: 'test' });
});
afterAll(() => {
  lock.release();
  rmSync(home, { recursive: true });
});

const withDatabase = async <Result>(work: (database: Database) => Promise<Result>): Promise<Result> => {
  await using database = await openEmbeddedDatabase(directory);
  return await work(database);
};
const notes = (): Promise<readonly object[]> =>
  withDatabase((database) => database.query('select note from public.notes order by note'));
const write = (note: string): Promise<unknown> =>
  withDatabase((database) => database.query('insert into public.notes values ($1)', [note]));
const besides = (): readonly string[] => readdirSync(home).sort();

describe('backups', () => {
  it('are whole, readable by their owner only, newest first, and only so many are kept', async () => {
    await withDatabase(async (database) => {
      await migrate(database, { build: 'test' });
      await database.execute(`create table public.notes (note text); insert into public.notes values ('before')`);
      mkdirSync(backups);
      writeFileSync(join(backups, 'castellan-20200101T000000000Z.tar.gz.partial'), 'left by a crash');
      writeFileSync(join(backups, 'readme.txt'), 'mine');
      for (const day of [1, 2, 3]) {
        await backupNow(database, { directory: backups, keep: 2, now: () => new Date(Date.UTC(2026, 0, day)) });
      }
    });
    const list = listBackups(backups);
    expect(list.map(({ at }) => at.toISOString())).toEqual(['2026-01-03T00:00:00.000Z', '2026-01-02T00:00:00.000Z']);
    expect(list[0]?.bytes).toBeGreaterThan(100_000);
    expect(statSync(list[0]?.file ?? '').mode & 0o777).toBe(0o600);
    expect(readdirSync(backups).sort()).toEqual([
      'castellan-20260102T000000000Z.tar.gz',
      'castellan-20260103T000000000Z.tar.gz',
      'readme.txt',
    ]);
  }, 60_000);

  it('that fail leave the older ones', async () => {
    const before = listBackups(backups);
    await withDatabase(async (database) => {
      const broken = Object.assign(database, { dump: async () => Uint8Array.of(1, 2, 3) });
      await expect(backupNow(broken, { directory: backups, keep: 1 })).rejects.toMatchObject({ code: 'backup-failed' });
      await expect(backupNow(broken, { directory: join(backups, 'readme.txt'), keep: 1 })).rejects.toMatchObject({
        code: 'backup-failed',
      });
    });
    expect(listBackups(backups)).toEqual(before);
    expect(readdirSync(backups).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('of a Postgres server are refused, with what to use instead', async () => {
    const server: Database = {
      kind: 'postgres',
      query: async () => [],
      execute: async () => [],
      transaction: () => Promise.reject(new Error('not used')),
      [Symbol.asyncDispose]: async () => undefined,
    };
    await expect(backupNow(server, { directory: backups, keep: 1 })).rejects.toMatchObject({
      code: 'backup-not-embedded',
      next: expect.stringContaining('pg_dump'),
    });
  });
});

/** A database whose dump is the smallest archive that passes for one. */
const small = (dump = async (): Promise<Uint8Array> => gzipSync(tarOf(['PG_VERSION', 'global/pg_control']))) => ({
  kind: 'embedded' as const,
  query: async () => [],
  execute: async () => [],
  transaction: () => Promise.reject(new Error('not used')),
  dump,
  [Symbol.asyncDispose]: async () => undefined,
});
const tarOf = (names: readonly string[]): Buffer =>
  Buffer.concat([
    ...names.map((name) => {
      const header = Buffer.alloc(512);
      header.write(name, 0);
      header.write('00000000000', 124);
      return header;
    }),
    Buffer.alloc(1024),
  ]);
const hours = 3_600_000;

describe('scheduled backups', () => {
  it('are made when the newest is too old, and not before; a failed one is logged and tried again', async () => {
    const directory = mkdtempSync(join(home, 'scheduled-'));
    const events: string[] = [];
    const note = (_: object, event: string): void => void events.push(event);
    const log = { info: note, warn: note, error: note };
    let full = false;
    const dump = small().dump;
    const database = small(() => (full ? Promise.reject(new Error('disk full')) : dump()));
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: Date.UTC(2026, 0, 1) });
    try {
      const schedule = scheduleBackups(database, { directory, keep: 3, everyHours: 6, log });
      const made = (): number => listBackups(directory).length;
      await vi.advanceTimersByTimeAsync(hours / 2);
      await expect.poll(made).toBe(1);
      await vi.advanceTimersByTimeAsync(5 * hours);
      expect(made()).toBe(1);
      await vi.advanceTimersByTimeAsync(2 * hours);
      await expect.poll(made).toBe(2);
      await expect.poll(() => events).toEqual(['backup.made', 'backup.made']);
      full = true;
      await vi.advanceTimersByTimeAsync(6 * hours);
      await expect.poll(() => events.at(-1)).toBe('backup.failed');
      expect(made()).toBe(2);
      full = false;
      await vi.advanceTimersByTimeAsync(hours);
      await expect.poll(made).toBe(3);
      await schedule[Symbol.asyncDispose]();
      await vi.advanceTimersByTimeAsync(24 * hours);
      expect(made()).toBe(3);
    } finally {
      vi.useRealTimers();
    }
  }, 60_000);
});

describe('backups stamped by a clock that ran ahead', () => {
  it('neither keep the next from being made nor push it out', async () => {
    const directory = mkdtempSync(join(home, 'ahead-'));
    const ahead = ['2099', '2098'].map((year) => `castellan-${year}0101T000000000Z.tar.gz`);
    for (const name of ahead) writeFileSync(join(directory, name), '');
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: Date.UTC(2026, 0, 1) });
    try {
      const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
      await using _schedule = scheduleBackups(small(), { directory, keep: 2, everyHours: 6, log });
      await vi.advanceTimersByTimeAsync(hours / 2);
      const made = 'castellan-20260101T000500000Z.tar.gz';
      await expect.poll(() => readdirSync(directory).sort()).toEqual([made, ahead[0]]);
      await vi.advanceTimersByTimeAsync(5 * hours);
      expect(readdirSync(directory).sort()).toEqual([made, ahead[0]]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a restore', () => {
  const newest = (): string => listBackups(backups)[0]?.file ?? '';

  it('brings the rows of the backup back and keeps the replaced database beside it', async () => {
    await write('after');
    const { replaced } = await restoreBackup(lock, newest());
    expect(await notes()).toEqual([{ note: 'before' }]);
    expect(replaced).toBeDefined();
    await using old = await openEmbeddedDatabase(replaced ?? '');
    expect(await old.query('select note from public.notes order by note')).toEqual([
      { note: 'after' },
      { note: 'before' },
    ]);
    expect(existsSync(`${directory}.restoring`)).toBe(false);
  }, 60_000);

  it('works where there is no database yet', async () => {
    const elsewhere = join(home, 'elsewhere');
    using other = takeLock({ directory: elsewhere, socket: '', build: 'test' });
    expect(await restoreBackup(other, newest())).toEqual({ replaced: undefined });
    await using database = await openEmbeddedDatabase(elsewhere);
    expect(await database.query('select note from public.notes')).toEqual([{ note: 'before' }]);
  }, 60_000);

  it('from a damaged archive changes nothing', async () => {
    const before = besides();
    const whole = readFileSync(newest());
    const damaged = join(home, 'damaged.tar.gz');
    for (const bytes of [
      Buffer.alloc(0),
      whole.subarray(0, whole.length >> 1),
      Buffer.concat([whole.subarray(0, 5_000), Buffer.from([(whole[5_000] ?? 0) ^ 1]), whole.subarray(5_001)]),
      gzipSync('not a tar archive'),
      Buffer.from('plain text'),
    ]) {
      writeFileSync(damaged, bytes);
      await expect(restoreBackup(lock, damaged)).rejects.toMatchObject({ code: 'backup-unusable' });
    }
    rmSync(damaged);
    await expect(restoreBackup(lock, join(home, 'missing.tar.gz'))).rejects.toMatchObject({ code: 'backup-unusable' });
    expect(besides()).toEqual(before);
    expect(await notes()).toEqual([{ note: 'before' }]);
  });

  it('from an archive of another database, or of a newer build, changes nothing', async () => {
    const before = besides();
    const archiveOf = async (prepare: (database: Database) => Promise<unknown>): Promise<string> => {
      const folder = mkdtempSync(join(tmpdir(), 'castellan-foreign-'));
      try {
        await using database = await openEmbeddedDatabase(join(folder, 'database'));
        await prepare(database);
        const file = join(tmpdir(), `castellan-foreign-${crypto.randomUUID()}.tar.gz`);
        writeFileSync(file, await database.dump());
        return file;
      } finally {
        rmSync(folder, { recursive: true });
      }
    };
    const foreign = await archiveOf(async () => undefined);
    const real = loadMigrations();
    const next = { number: real.length + 1, name: 'next', breaking: true, checksum: 'x', sql: 'select 1' };
    const newer = await archiveOf((database) => migrate(database, { build: '9.9.9', migrations: [...real, next] }));
    try {
      await expect(restoreBackup(lock, foreign)).rejects.toMatchObject({ code: 'backup-unusable' });
      await expect(restoreBackup(lock, newer)).rejects.toMatchObject({ code: 'schema-newer' });
    } finally {
      for (const file of [foreign, newer]) rmSync(file);
    }
    expect(besides()).toEqual(before);
    expect(await notes()).toEqual([{ note: 'before' }]);
  }, 60_000);

  it('without the lock is refused', async () => {
    const elsewhere = join(home, 'unlocked');
    const released = takeLock({ directory: elsewhere, socket: '', build: 'test' });
    released.release();
    await expect(restoreBackup(released, newest())).rejects.toMatchObject({ code: 'restore-unlocked' });
    expect(existsSync(elsewhere)).toBe(false);
  });

  it('killed between moving the old database out and the new one in does not pass for an empty database', async () => {
    const interrupted = join(home, 'interrupted');
    mkdirSync(`${interrupted}.restoring`);
    await expect(openEmbeddedDatabase(interrupted)).rejects.toMatchObject({ code: 'database-restore-interrupted' });
    expect(existsSync(interrupted)).toBe(false);
  });
});

describe('reading an archive', () => {
  it('finds it cut short anywhere, and never reads something else out of a damaged one', async () => {
    const tar = await promisify(gunzip)(readFileSync(listBackups(backups)[0]?.file ?? ''));
    // A small archive: the first few entries and the end mark.
    const head = await smallest(tar);
    const whole = gzipSync(head);
    const names = await listArchive(whole);
    expect(names).toHaveLength(1);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const cut = listArchive(whole.subarray(0, at));
        await expect(cut).rejects.toThrow();
        // A bit of the compressed form may mean nothing (a time stamp, padding): then the content is the same.
        const damaged = Uint8Array.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        expect(await listArchive(damaged).catch(() => names)).toEqual(names);
      }),
    );
  });

  async function smallest(tar: Buffer): Promise<Buffer> {
    const size = Number.parseInt(tar.toString('latin1', 124, 135), 8);
    const entry = 512 + Math.ceil(size / 512) * 512;
    return Buffer.concat([tar.subarray(0, entry), Buffer.alloc(1024)]);
  }
});
