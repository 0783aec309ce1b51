import { type fsyncSync, mkdtempSync, type openSync, type renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { backupNow, restoreBackup } from './backup.ts';
import { takeLock } from './lock.ts';
import { migrate } from './migrate.ts';
import { openEmbeddedDatabase } from './pglite.ts';

/** What reached the disk, and in which order: `fsync name`, `rename from to`. */
const { events, names } = vi.hoisted(() => ({ events: [] as string[], names: new Map<number, string>() }));

vi.mock('node:fs', async (load) => {
  const fs = await load<typeof import('node:fs')>();
  const last = (path: unknown): string => String(path).split('/').at(-1) ?? '';
  return {
    ...fs,
    openSync: vi.fn((...given: Parameters<typeof openSync>) => {
      const descriptor = fs.openSync(...given);
      names.set(descriptor, last(given[0]));
      return descriptor;
    }),
    fsyncSync: vi.fn((descriptor: Parameters<typeof fsyncSync>[0]) => {
      events.push(`fsync ${names.get(descriptor)}`);
      fs.fsyncSync(descriptor);
    }),
    renameSync: vi.fn((...[from, to]: Parameters<typeof renameSync>) => {
      events.push(`rename ${last(from)} ${last(to)}`);
      fs.renameSync(from, to);
    }),
  };
});

const home = mkdtempSync(join(tmpdir(), 'castellan-durable-'));
afterAll(() => rmSync(home, { recursive: true }));

describe('before it is told that it is done', () => {
  const directory = join(home, 'database');
  let file = '';

  it('a backup is on the disk, then gets its name, then its name is on the disk', async () => {
    await using database = await openEmbeddedDatabase(directory);
    await migrate(database, { build: 'test' });
    events.length = 0;
    ({ file } = await backupNow(database, { directory: join(home, 'backups'), keep: 1 }));
    const name = basename(file);
    expect(events.slice(events.indexOf(`fsync ${name}.partial`))).toEqual([
      `fsync ${name}.partial`,
      `rename ${name}.partial ${name}`,
      'fsync backups',
    ]);
  }, 60_000);

  it('a restored database is on the disk, then takes its place, then the place is on the disk', async () => {
    using lock = takeLock({ directory, socket: '', build: 'test' });
    events.length = 0;
    await restoreBackup(lock, file);
    const moved = events.indexOf('rename database.restoring database');
    const before = events.slice(0, moved);
    for (const part of ['PG_VERSION', 'pg_control', 'database.restoring']) expect(before).toContain(`fsync ${part}`);
    expect(events[moved + 1]).toBe(`fsync ${basename(home)}`);
  }, 60_000);
});
