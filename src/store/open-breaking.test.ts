import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { loadMigrations, type Migration } from './migrate.ts';
import { openStore, type Store, type StoreConfig, takeStoreLock } from './open.ts';

/** What a later build carries beside today's migrations. */
const { later } = vi.hoisted(() => ({ later: [] as Migration[] }));

vi.mock('./migrate.ts', async (load) => {
  const real = await load<typeof import('./migrate.ts')>();
  const migrate: typeof real.migrate = (database, options) =>
    real.migrate(database, { ...options, migrations: [...real.loadMigrations(), ...later] });
  return { ...real, migrate };
});

const home = mkdtempSync(join(tmpdir(), 'castellan-breaking-'));
afterAll(() => rmSync(home, { recursive: true }));

it('the store of a build with a breaking migration backs the embedded database up before it', async () => {
  const config: StoreConfig = {
    home,
    database: { kind: 'embedded', directory: join(home, 'database') },
    backup: { everyHours: 24, keep: 2 },
  };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const open = (build: string): Promise<Store> =>
    openStore({ config, build, log, lock: takeStoreLock(config, { socket: 'agent.sock', build }) });
  {
    await using store = await open('1.0.0');
    expect(store.backups.list()).toEqual([]);
  }
  const number = loadMigrations().length + 1;
  later.push({ number, name: 'break', breaking: true, checksum: 'x', sql: 'create table castellan.broken ()' });
  await using store = await open('2.0.0');
  expect(store.backups.list()).toHaveLength(1);
  expect(await store.database.query('select from castellan.broken')).toEqual([]);
}, 60_000);
