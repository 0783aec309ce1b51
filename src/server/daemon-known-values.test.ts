import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type KeepClient, keepPort } from '../change/wire/keep-port.ts';
import type { KeepReply } from '../change/wire/protocol.ts';
import type { Config } from '../config/index.ts';
import { CastellanError, defineGroup, provide, text, toolsFor, Untrusted } from '../kit/index.ts';
import { createFingerprinter } from '../redaction/known/fingerprint.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import type { Build } from './handshake.ts';
import { controlDaemon, linkToDaemon } from './shim/daemon-link.ts';
import { LineSplitter } from './shim/lines.ts';

// A new embedded database takes its seconds, and a call waits for the keep.
vi.setConfig({ testTimeout: 200_000, hookTimeout: 60_000 });

const build: Build = { version: '1.0.0', stamp: '' };
const value = Array.from({ length: 6 }, () => randomBytes(3).toString('hex')).join('-');
const label = { mount: 'secret', path: 'apps/mail', key: 'password', version: 3 };
const keepState: KeepReply['keep'] = { version: '1', boundary: 'separate user', problems: [] };

let home: string;
let daemon: Daemon | undefined;
let fingerprints: () => KeepReply['fingerprints'];
let runs: number;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'castellan-known-'));
  runs = 0;
  fingerprints = () => {
    throw new CastellanError('keep-unreachable', 'operator', {
      message: 'nobody listens on its socket',
      next: 'start it',
    });
  };
});
afterEach(async () => {
  daemon?.stop('the test ended');
  await daemon?.stopped;
  daemon = undefined;
  rmSync(home, { recursive: true, force: true });
});

const { defineTool } = toolsFor<Record<string, never>>();
const said = (name: string) =>
  defineTool({
    name,
    title: 'Say',
    description: 'Says.',
    effect: 'read',
    input: z.strictObject({}),
    run: async (_, { now }) => {
      runs += 1;
      return text({ asOf: now(), coverage: { covered: 'all' }, blocks: [new Untrusted(`printed ${value}`)] });
    },
  });
const common = {
  summary: 's',
  howToConfigure: 'h',
  routing: [],
  requires: {},
};
const nothing = { ports: {}, probe: async () => [], [Symbol.asyncDispose]: async () => undefined };
const vault = defineGroup({
  ...common,
  name: 'vault',
  prefixes: ['vault'],
  configKey: 'vault',
  config: z.looseObject({}),
  provides: [],
  tools: [said('vault_search'), said('vault_health')],
  connect: async () => nothing,
});
const client: KeepClient = { ask: async () => ({ keep: keepState, fingerprints: fingerprints() }) };
const stacks = defineGroup({
  ...common,
  name: 'stacks',
  prefixes: ['stack'],
  configKey: 'keep',
  config: z.looseObject({}),
  provides: [keepPort.name],
  tools: [],
  connect: async () => ({ ...nothing, provides: [provide(keepPort, client)] }),
});

async function start(): Promise<void> {
  const config: Config = {
    home,
    file: undefined,
    database: { kind: 'embedded', directory: join(home, 'db') },
    http: undefined,
    httpRefused: false,
    groupsByDefault: [],
    groupsRefused: [],
    socket: { agent: 'test', human: 'ada', scopes: ['read'] },
    backup: { everyHours: 0, keep: 1 },
    log: { level: 'error' },
    groups: new Map<string, unknown>([
      ['vault', {}],
      ['keep', {}],
    ]),
    origins: new Map(),
  };
  daemon = await startDaemon({ config, catalogue: [vault, stacks], build, leaveWhenIdle: false });
  // A busy machine takes its time to make a database.
  await expect.poll(() => status(), { timeout: 120_000 }).toMatchObject({ store: { state: 'open' } });
}

/** What the calls of these tools are answered, in the order they were made. */
async function call(...names: readonly string[]): Promise<readonly string[]> {
  const link = await linkToDaemon({ home, config: null, build }, () => undefined);
  const lines: string[] = [];
  const splitter = new LineSplitter();
  link.socket.on('data', (chunk: Buffer) => lines.push(...splitter.push(chunk)));
  link.socket.resume();
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const messages = [
    { id: 0, method: 'initialize', params },
    { method: 'notifications/initialized' },
    ...names.map((name, at) => ({ id: at + 1, method: 'tools/call', params: { name, arguments: {} } })),
  ];
  for (const message of messages) link.socket.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  await expect.poll(() => lines.length).toBe(names.length + 1);
  link.socket.destroy();
  const answers = new Map(lines.map((line) => [JSON.parse(line).id, line]));
  return names.map((_, at) => answers.get(at + 1) ?? '');
}

const status = async (): Promise<unknown> => (await controlDaemon({ home, config: null, build }, 'status'))?.answer;

describe('a daemon that must know what Vault keeps', () => {
  it('runs nothing while the keep is away, but tells of Vault’s health; masks as soon as the keep is there, and when it goes', async () => {
    await start();
    const [search, health] = await call('vault_search', 'vault_health');
    expect(search).toContain('error redaction-not-ready');
    expect(search).toContain('nobody listens on its socket');
    expect(search).toContain('castellan redaction status');
    expect(health).toContain('NOT SEEN: known values (nobody listens on its socket; none is masked)');
    expect(runs).toBe(1);
    expect(await status()).toMatchObject({ known_values: { mode: 'required', state: 'missing' } });

    const set = createFingerprinter().of([{ value, class: 'a', label }], 'g1');
    fingerprints = () => ({ state: 'ready', set, generation: 'g1' });
    await expect
      .poll(async () => await status())
      .toMatchObject({ known_values: { state: 'current', generation: 'g1' } });
    const [masked] = await call('vault_search');
    expect(masked).not.toContain(value);
    expect(masked).toContain('«secret:secret/apps/mail#password@v3»');
    expect(masked).not.toContain('NOT SEEN');

    fingerprints = () => ({ state: 'away', generation: 'g1', why: 'it does not answer' });
    await expect.poll(async () => await status()).toMatchObject({ known_values: { state: 'stale' } });
    const [still] = await call('vault_search');
    expect(still).not.toContain(value);
    expect(still).toContain('NOT SEEN: known values (');
  });
});
