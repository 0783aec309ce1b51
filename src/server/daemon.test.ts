import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../config/index.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { type Build, protocol } from './handshake.ts';
import { controlDaemon, linkToDaemon } from './shim/daemon-link.ts';

const build: Build = { version: '1.0.0', stamp: '' };
let home = '';
let running: Daemon[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'castellan-daemon-'));
  running = [];
});
afterEach(async () => {
  for (const daemon of running) daemon.stop('the test ended');
  await Promise.allSettled(running.map((daemon) => daemon.stopped));
  rmSync(home, { recursive: true, force: true });
});

function configOf(changes: Partial<Config> = {}): Config {
  return {
    home,
    file: undefined,
    database: { kind: 'embedded', directory: join(home, 'db') },
    http: undefined,
    httpRefused: false,
    socket: { agent: 'test', human: 'ada', scopes: ['read'] },
    backup: { everyHours: 0, keep: 1 },
    log: { level: 'error' },
    groups: new Map(),
    origins: new Map(),
    ...changes,
  };
}

async function start(config = configOf()): Promise<Daemon> {
  const daemon = await startDaemon({ config, catalogue: [], build, leaveWhenIdle: false });
  running.push(daemon);
  return daemon;
}

const address = (config: string | null = null, by: Build = build) => ({ home, config, build: by });

describe('the daemon', () => {
  it('says what it is, and leaves nothing behind when it is stopped', async () => {
    const daemon = await start();
    const reached = await controlDaemon(address(), 'status');
    expect(reached?.welcome).toMatchObject({ castellan: protocol, build, pid: process.pid });
    expect(reached?.answer).toMatchObject({ home, groups: [], store: { kind: 'embedded' } });
    daemon.stop('done');
    await daemon.stopped;
    expect(await controlDaemon(address(), 'status')).toBeUndefined();
    await (await start()).stop('again');
  });

  it('is alone on its data directory', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'data-locked' });
    expect(await controlDaemon(address(), 'status')).toBeDefined();
  });

  it('retires for a newer build when nobody uses it, and not before', async () => {
    const daemon = await start();
    const link = await linkToDaemon(address(), () => undefined);
    expect((await controlDaemon(address(), 'retire'))?.answer).toEqual({ retired: false, clients: 1 });
    const notes: string[] = [];
    const newer = await linkToDaemon(address(null, { version: '2.0.0', stamp: '' }), (line) => notes.push(line));
    expect(notes).toEqual([expect.stringContaining('older than this client (2.0.0) and in use')]);
    newer.socket.destroy();
    link.socket.destroy();
    await expect.poll(async () => (await controlDaemon(address(), 'retire'))?.answer).toEqual({ retired: true });
    await daemon.stopped;
  });

  it('refuses a client that was told of another configuration', async () => {
    await start();
    await expect(linkToDaemon(address('/etc/other.yaml'), () => undefined)).rejects.toThrowError(
      /asks for \/etc\/other\.yaml/,
    );
  });

  it('ends, with the reason, when its store cannot be opened', async () => {
    const directory = join(home, 'db');
    mkdirSync(directory);
    writeFileSync(join(directory, 'letter.txt'), 'not a database');
    const daemon = await start();
    await expect(daemon.stopped).rejects.toMatchObject({ code: 'database-directory-foreign' });
    expect(await controlDaemon(address(), 'status')).toBeUndefined();
  });
});
