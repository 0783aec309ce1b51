import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type DataLock, readLock } from './lock.ts';
import { openStore, type Store, type StoreConfig, storePaths, takeStoreLock } from './open.ts';
import { openEmbeddedDatabase } from './pglite.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-store-'));
afterAll(() => rmSync(folder, { recursive: true }));

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const configIn = (home: string): StoreConfig & { readonly database: { readonly directory: string } } => ({
  home,
  database: { kind: 'embedded', directory: join(home, 'database') },
  backup: { everyHours: 24, keep: 2 },
});
const lockOf = (config: StoreConfig): DataLock | undefined =>
  takeStoreLock(config, { socket: join(config.home, 'agent.sock'), build: 'test' });
const open = (config: StoreConfig): Promise<Store> =>
  openStore({ config, build: 'test', log: silent, lock: lockOf(config) });

const startOpener = (home: string) =>
  spawn(process.execPath, [fileURLToPath(new URL('./opener.fixture.ts', import.meta.url)), home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

describe('the store', () => {
  const config = configIn(join(folder, 'home'));

  it('opens everything on an empty folder, for its owner only, and closes without a trace of the lock', async () => {
    const store = await open(config);
    expect(store.features).toMatchObject({ vector: true, halfvec: true, pgTrgm: true });
    await store.audit.append({
      principal: { agent: 'agent:a', human: 'human:b', via: 'socket', scopes: ['read'] },
      client: 'c',
      tool: 't',
      input: {},
      effect: 'read',
      outcome: 'ok',
      bytes: 1,
      ms: 1,
      at: new Date(),
    });
    expect(store.backups.list()).toEqual([]);
    expect(await store.backups.now()).toMatchObject({ bytes: expect.any(Number) });
    expect(store.backups.list()).toHaveLength(1);
    expect(await store.verifyAudit()).toMatchObject({ rows: 2, problems: [] });
    expect(readLock(config.database.directory)?.pid).toBe(process.pid);
    await Promise.all([store.close(), store.close()]);
    expect(readLock(config.database.directory)).toBeUndefined();
    const paths = storePaths(config.home);
    for (const path of [config.home, config.database.directory, ...Object.values(paths)]) {
      expect(statSync(path).mode & 0o077, path).toBe(0);
    }
  }, 60_000);

  it('goes on with the same audit after a restart, and looks anew for what the database offers', async () => {
    {
      await using database = await openEmbeddedDatabase(config.database.directory);
      await database.query('drop extension vector');
    }
    await using store = await open(config);
    expect(store.features).toMatchObject({ vector: true, halfvec: true });
    expect(await store.verifyAudit()).toMatchObject({ epochs: 2, rows: 4, problems: [] });
  });

  it('is refused to a second process, which learns where the first one listens', async () => {
    await using _store = await open(config);
    const second = startOpener(config.home);
    const [line] = await once(createInterface({ input: second.stdout }), 'line');
    expect(line).toBe('data-locked');
    expect(() => lockOf(config)).toThrow(expect.objectContaining({ message: expect.stringContaining('agent.sock') }));
  });

  it('leaves nothing running once it is closed', async () => {
    const opener = startOpener(config.home);
    const [code] = await once(opener, 'exit');
    expect(code).toBe(0);
    expect(readLock(config.database.directory)).toBeUndefined();
  });

  it('does not open without its lock, or with the lock on another folder', async () => {
    await expect(openStore({ config, build: 'test', log: silent, lock: undefined })).rejects.toMatchObject({
      code: 'database-not-locked',
    });
    const other = lockOf(configIn(join(folder, 'another')));
    await expect(openStore({ config, build: 'test', log: silent, lock: other })).rejects.toMatchObject({
      code: 'database-not-locked',
    });
    expect(readLock(join(folder, 'another', 'database'))).toBeUndefined();
  });

  it('lets go of everything when it does not open', async () => {
    {
      await using database = await openEmbeddedDatabase(config.database.directory);
      await database.query(`insert into castellan.migration values (999999, 'future', 'x', true, '9.9.9')`);
    }
    await expect(open(config)).rejects.toMatchObject({ code: 'schema-newer' });
    expect(readLock(config.database.directory)).toBeUndefined();
    await using database = await openEmbeddedDatabase(config.database.directory);
    await database.query('delete from castellan.migration where number = 999999');
  });
});
