import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { Config } from '../config/index.ts';
import { defineGroup, table, toolsFor } from '../kit/index.ts';
import { openStore, takeStoreLock } from '../store/open.ts';
import { databasePort } from '../store/port.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { type Build, protocol, schema } from './handshake.ts';
import { controlDaemon, type Link, linkToDaemon } from './shim/daemon-link.ts';
import { LineSplitter } from './shim/lines.ts';

const build: Build = { version: '1.0.0', stamp: '' };
let home = '';
let running: Daemon[] = [];
let database: MuteServer;

// A new embedded database takes its seconds, and a daemon that is stopped while it makes one makes it first.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'castellan-daemon-'));
  running = [];
  database = await openMuteServer();
});
afterEach(async () => {
  for (const daemon of running) daemon.stop('the test ended');
  await database[Symbol.asyncDispose]();
  await Promise.allSettled(running.map((daemon) => daemon.stopped));
  rmSync(home, { recursive: true, force: true });
});

/** A database server that takes connections and says nothing: the daemon serves, and its store never opens. */
interface MuteServer extends AsyncDisposable {
  readonly port: number;
  readonly asked: number;
  hangUp(): void;
}

async function openMuteServer(): Promise<MuteServer> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get asked() {
      return sockets.length;
    },
    hangUp,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.on('connection', (socket) => socket.destroy());
      hangUp();
      await closed;
    },
  };
}

const embedded = (): Pick<Config, 'database'> => ({ database: { kind: 'embedded', directory: join(home, 'db') } });

function configOf(changes: Partial<Config> = {}): Config {
  return {
    home,
    file: undefined,
    database: {
      kind: 'postgres',
      host: '127.0.0.1',
      port: database.port,
      database: 'd',
      user: 'u',
      password: undefined,
      tls: 'disable',
      caFile: undefined,
    },
    http: undefined,
    httpRefused: false,
    socket: { agent: 'test', human: 'ada', scopes: ['read'] },
    backup: { everyHours: 0, keep: 1 },
    log: { level: 'error' },
    groupsByDefault: [],
    groupsRefused: [],
    groups: new Map(),
    origins: new Map(),
    ...changes,
  };
}

async function start(config = configOf(), more: { readonly settleMs?: number } = {}): Promise<Daemon> {
  const daemon = await startDaemon({ config, catalogue: [tower], build, leaveWhenIdle: false, ...more });
  running.push(daemon);
  return daemon;
}

/** A group whose tool waits until it is told to stop, or for ever. */
let waits = Promise.withResolvers<AbortSignal>();
/** Calls that have not begun yet. */
let awaited = 0;
const { defineTool } = toolsFor<Record<string, never>>();
const tower = defineGroup({
  name: 'tower',
  summary: 'a tower',
  prefixes: ['tower'],
  configKey: 'tower',
  config: z.strictObject({}),
  howToConfigure: 'tower: {}',
  routing: [],
  requires: {},
  provides: [],
  tools: [
    defineTool({
      name: 'tower_watch',
      title: 'Watch',
      description: 'Watches.',
      effect: 'read',
      input: z.strictObject({ deaf: z.boolean().optional().describe('does not listen') }),
      run: async ({ deaf }, { signal, now }) => {
        awaited -= 1;
        if (awaited <= 0) waits.resolve(signal);
        if (deaf === true) return new Promise(() => undefined);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return table({ asOf: now(), coverage: { covered: 'all' }, columns: [], rows: [] });
      },
    }),
  ],
  connect: async () => ({ ports: {}, probe: async () => [], [Symbol.asyncDispose]: async () => undefined }),
});
const withTower = (): Config => configOf({ ...embedded(), groups: new Map([['tower', {}]]) });

/** Begins calls of the tool, and gives what the daemon says once all of them run. */
async function callTower(link: Link, ...calls: readonly { readonly deaf?: boolean }[]): Promise<string[]> {
  const lines: string[] = [];
  const splitter = new LineSplitter();
  link.socket.on('data', (chunk: Buffer) => lines.push(...splitter.push(chunk)));
  link.socket.resume();
  const clientInfo = { name: 'test', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  const messages = [
    { id: 0, method: 'initialize', params },
    { method: 'notifications/initialized' },
    ...calls.map((input, index) => ({
      id: index + 1,
      method: 'tools/call',
      params: { name: 'tower_watch', arguments: input },
    })),
  ];
  waits = Promise.withResolvers();
  awaited = calls.length;
  for (const message of messages) link.socket.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  await waits.promise;
  return lines;
}

/** The calls in the audit, read once the daemon has gone. */
async function auditedCalls(config: Config): Promise<readonly unknown[]> {
  const lock = takeStoreLock(config, { socket: '', build: '' });
  await using store = await openStore({ config, build: '', log: pino({ level: 'silent' }), lock });
  const rows = await store.database.query<{ entry: unknown }>(
    `select entry from castellan.audit where entry->>'kind' = 'call' order by epoch, seq`,
  );
  return rows.map(({ entry }) => entry);
}

const address = (config: string | null = null, by: Build = build) => ({ home, config, build: by });

describe('the daemon', () => {
  it('says what it is, and leaves nothing behind when it is stopped', async () => {
    const daemon = await start(configOf(embedded()));
    const reached = await controlDaemon(address(), 'status');
    expect(reached?.welcome).toMatchObject({ castellan: protocol, build, pid: process.pid });
    expect(reached?.answer).toMatchObject({ home, groups: [], store: { kind: 'embedded' } });
    daemon.stop('done');
    await daemon.stopped;
    expect(await controlDaemon(address(), 'status')).toBeUndefined();
    expect(readdirSync(home).filter((name) => /lock|sock/.test(name))).toEqual([]);
    await (await start(configOf(embedded()))).stop('again');
  });

  it.each([
    ['the embedded database', embedded],
    ['a database server, which needs no lock of its own', () => ({})],
    [
      'another embedded database than the first',
      () => ({ database: { kind: 'embedded', directory: join(home, 'x') } }),
    ],
  ] as const)('is alone on its data directory, with %s', async (_, changes) => {
    const first = await start();
    await expect(start(configOf(changes()))).rejects.toMatchObject({ code: 'data-locked' });
    expect(await controlDaemon(address(), 'status')).toBeDefined();
    await expect.poll(() => database.asked).toBe(1);
    database.hangUp();
    await expect(first.stopped).rejects.toMatchObject({ code: 'database-unreachable' });
    expect(readdirSync(home).filter((name) => /lock|sock/.test(name))).toEqual([]);
  });

  it('is alone on its database too, when another data directory names the same', async () => {
    await start(configOf(embedded()));
    const elsewhere = join(home, 'elsewhere');
    const second = start({ ...configOf(embedded()), home: elsewhere });
    await expect(second).rejects.toMatchObject({ code: 'data-locked' });
    expect(existsSync(join(elsewhere, 'daemon.lock'))).toBe(false);
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
    database.hangUp();
    await daemon.stopped;
  });

  it('refuses a client that was told of another configuration', async () => {
    await start();
    await expect(linkToDaemon(address('/etc/other.yaml'), () => undefined)).rejects.toThrowError(
      /asks for \/etc\/other\.yaml/,
    );
  });

  it.each([
    ['refuses a client of a later schema and the same build', schema + 1, build, 'refused'],
    [
      'greets a newer client of a later schema, which will replace it',
      schema + 1,
      { version: '2.0.0', stamp: '' },
      'castellan',
    ],
    ['greets a client of an earlier schema', schema - 1, build, 'castellan'],
  ])('%s', async (_, number, by, answered) => {
    await start();
    const socket = createConnection(join(home, 'agent.sock'));
    socket.write(
      `${JSON.stringify({ castellan: protocol, build: by, schema: number, config: null, purpose: 'mcp' })}\n`,
    );
    const [line]: Buffer[] = await once(socket, 'data');
    expect(JSON.parse(String(line))).toHaveProperty(answered);
    socket.destroy();
  });

  it.each([
    ['with time to spare', {}],
    ['however long its database takes to open', { settleMs: 1 }],
  ])('ends running calls when it is stopped, %s: each is answered, and each has its audit row', async (_, more) => {
    const config = withTower();
    const daemon = await start(config, more);
    const link = await linkToDaemon(address(), () => undefined);
    const lines = await callTower(link, {}, { deaf: true });
    const gone = new Promise((resolve) => link.socket.once('close', resolve));
    daemon.stop('done');
    await daemon.stopped;
    await gone;
    const answers = lines.map((line) => JSON.parse(line)).filter(({ id }) => id > 0);
    expect(answers).toHaveLength(2);
    for (const answer of answers) expect(JSON.stringify(answer)).toContain('error call-cancelled');
    const row = { tool: 'tower_watch', outcome: 'cancelled', code: 'call-cancelled' };
    expect(await auditedCalls(config)).toMatchObject([row, row]);
  });

  it('ends the call of a client that is gone without a word, and writes its row', async () => {
    const config = withTower();
    const daemon = await start(config);
    const link = await linkToDaemon(address(), () => undefined);
    await callTower(link, {});
    const signal = await waits.promise;
    link.socket.destroy();
    await expect.poll(() => signal.aborted).toBe(true);
    daemon.stop('done');
    await daemon.stopped;
    expect(await auditedCalls(config)).toMatchObject([{ tool: 'tower_watch', outcome: 'cancelled' }]);
  });

  it('lends its database to a group that keeps watch, before anybody calls and until it has let go', async () => {
    const config = configOf({ ...embedded(), groups: new Map([['keeper', {}]]) });
    const kept = Promise.withResolvers<void>();
    const keeper = defineGroup({
      ...tower,
      name: 'keeper',
      configKey: 'keeper',
      config: z.strictObject({}),
      requires: { database: databasePort },
      tools: [],
      eager: true,
      connect: async (_config, { database: lent }) => {
        const note = async (text: string): Promise<void> => {
          const opened = await lent.whenOpen();
          await opened.execute('create table if not exists public.kept (note text)');
          await opened.query('insert into public.kept values ($1)', [text]);
        };
        note('connected').then(kept.resolve, kept.reject);
        const probe = async () => [];
        return { ports: {}, probe, [Symbol.asyncDispose]: () => note('let go') };
      },
    });
    const daemon = await startDaemon({ config, catalogue: [keeper], build, leaveWhenIdle: false });
    running.push(daemon);
    await kept.promise;
    daemon.stop('done');
    await daemon.stopped;
    const lock = takeStoreLock(config, { socket: '', build: '' });
    await using store = await openStore({ config, build: '', log: pino({ level: 'silent' }), lock });
    expect(await store.database.query('select note from public.kept')).toEqual([
      { note: 'connected' },
      { note: 'let go' },
    ]);
  });

  it('ends, with the reason, when its store cannot be opened', async () => {
    const directory = join(home, 'db');
    mkdirSync(directory);
    writeFileSync(join(directory, 'letter.txt'), 'not a database');
    const daemon = await start(configOf(embedded()));
    await expect(daemon.stopped).rejects.toMatchObject({ code: 'database-directory-foreign' });
    expect(await controlDaemon(address(), 'status')).toBeUndefined();
  });
});
