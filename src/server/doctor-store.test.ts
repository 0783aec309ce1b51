import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/index.ts';
import { storeFinding } from './doctor-store.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'castellan-doctor-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const configOf = () => loadConfig({ flags: { home }, environment: {}, cwd: home, slices: [] });
const daemonSays = (store: object) => ({ version: '1.0.0', store: { kind: 'embedded', ...store } });

describe('what doctor says of the database', () => {
  it.each([
    [
      'pass',
      { state: 'open', features: { vector: true, pgTrgm: false, version: '17.5' } },
      'vector yes, pgTrgm no, version 17.5',
    ],
    ['unknown', { state: 'opening' }, 'being opened'],
    ['fail', { state: 'failed' }, 'could not be opened'],
  ])('is what the running daemon says: %s', async (status, store, words) => {
    const finding = await storeFinding(configOf(), daemonSays(store));
    expect(finding).toMatchObject({ status, detail: expect.stringContaining(words) });
  });

  it('claims nothing about an embedded one that no daemon has open', async () => {
    expect((await storeFinding(configOf(), undefined)).detail).toContain('the first start makes it');
    mkdirSync(join(home, 'db'));
    writeFileSync(join(home, 'db', 'PG_VERSION'), '17');
    expect((await storeFinding(configOf(), undefined)).detail).toContain('no daemon has it open');
  });

  it('is a failure, with the next step, for a server that cannot be logged in to', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const database = {
      kind: 'postgres',
      host: '127.0.0.1',
      port,
      database: 'd',
      user: 'u',
      password: undefined,
      tls: 'disable',
      caFile: undefined,
    } as const;
    const finding = await storeFinding({ ...configOf(), database }, undefined);
    expect(finding).toMatchObject({ status: 'fail', detail: expect.stringContaining('database-unreachable') });
    expect(finding.next).not.toBe('');
    await new Promise((resolve) => server.close(resolve));
  });
});
