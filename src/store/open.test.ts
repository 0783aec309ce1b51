import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
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

const start = (fixture: string, ...args: string[]) =>
  spawn(process.execPath, [fileURLToPath(new URL(fixture, import.meta.url)), ...args], {
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
  });

  it('goes on with the same audit after a restart', async () => {
    await using store = await open(config);
    expect(await store.verifyAudit()).toMatchObject({ epochs: 2, rows: 4, problems: [] });
  });

  it('is refused to a second process, which learns where the first one listens', async () => {
    await using _store = await open(config);
    const second = start('./opener.fixture.ts', config.home);
    const [line] = await once(createInterface({ input: second.stdout }), 'line');
    expect(line).toBe('data-locked');
    expect(() => lockOf(config)).toThrow(expect.objectContaining({ message: expect.stringContaining('agent.sock') }));
  });

  it('leaves nothing running once it is closed', async () => {
    const opener = start('./opener.fixture.ts', config.home);
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

describe('kill -9', () => {
  it('during writes, 20 rounds: no acknowledged row is lost, and the audit holds', async () => {
    const home = join(folder, 'killed');
    const config = configIn(home);
    const acknowledged: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      const writer = start('./writer.fixture.ts', home, String(round));
      const gone = once(writer, 'exit');
      let left = 1 + Math.floor(Math.random() * 120);
      for await (const line of createInterface({ input: writer.stdout })) {
        if (line === 'ready') continue;
        acknowledged.push(line);
        left -= 1;
        if (left === 0) writer.kill('SIGKILL');
      }
      expect(await gone).toEqual([null, 'SIGKILL']);
    }
    await using store = await open(config);
    const written = await store.database.query<{ note: string }>('select note from public.written');
    const audited = await store.database.query<{ note: string }>(
      `select entry->>'client' as note from castellan.audit where entry->>'kind' = 'call'`,
    );
    for (const rows of [written, audited]) {
      const kept = new Set(rows.map(({ note }) => note));
      expect(acknowledged.filter((note) => !kept.has(note))).toEqual([]);
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(20);
    expect(await store.verifyAudit()).toMatchObject({ epochs: 21, headFiles: 21, problems: [] });
  }, 120_000);

  it('while the database is being made leaves nothing that the next start takes for a database', async () => {
    const home = join(folder, 'unmade');
    const config = configIn(home);
    for (const delay of [400, 900, 1_500]) {
      const writer = start('./writer.fixture.ts', home, 'x');
      const gone = once(writer, 'exit');
      setTimeout(() => writer.kill('SIGKILL'), delay);
      await gone;
    }
    await using store = await open(config);
    expect(await store.verifyAudit()).toMatchObject({ problems: [] });
    expect(existsSync(`${config.database.directory}.unfinished`)).toBe(false);
  }, 60_000);
});
