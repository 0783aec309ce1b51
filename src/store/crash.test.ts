import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openStore, type Store, type StoreConfig, takeStoreLock } from './open.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-crash-'));
afterAll(() => rmSync(folder, { recursive: true }));

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const configIn = (home: string): StoreConfig & { readonly database: { readonly directory: string } } => ({
  home,
  database: { kind: 'embedded', directory: join(home, 'database') },
  backup: { everyHours: 24, keep: 2 },
});
const open = (config: StoreConfig): Promise<Store> => {
  const lock = takeStoreLock(config, { socket: join(config.home, 'agent.sock'), build: 'test' });
  return openStore({ config, build: 'test', log: silent, lock });
};
const startWriter = (...args: readonly string[]) =>
  spawn(process.execPath, [fileURLToPath(new URL('./writer.fixture.ts', import.meta.url)), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

describe('kill -9', () => {
  it('during writes, 20 rounds: no acknowledged row is lost, and the audit holds', async () => {
    const home = join(folder, 'killed');
    const config = configIn(home);
    const acknowledged: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      const writer = startWriter(home, String(round));
      const gone = once(writer, 'exit');
      let left = 1 + Math.floor(Math.random() * 40);
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
  }, 240_000);

  it('while the database is being made leaves nothing that the next start takes for a database', async () => {
    const home = join(folder, 'unmade');
    const config = configIn(home);
    for (const delay of [400, 900, 1_500]) {
      const writer = startWriter(home, 'x');
      const gone = once(writer, 'exit');
      setTimeout(() => writer.kill('SIGKILL'), delay);
      await gone;
    }
    await using store = await open(config);
    expect(await store.verifyAudit()).toMatchObject({ problems: [] });
    expect(existsSync(`${config.database.directory}.unfinished`)).toBe(false);
  }, 120_000);
});
