import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silent } from '../redaction/no-redaction.fixture.ts';
import { type AgentSocket, listenOnAgentSocket } from '../server/agent-socket.ts';
import { type Build, protocol, schema } from '../server/handshake.ts';
import type { RunCommand } from '../server/operator-commands.ts';
import { serveOperator } from '../server/operator-connection.ts';
import { openOperatorSession } from './operator-session.ts';

const build: Build = { version: '1.0.0', stamp: '' };
const principal = { agent: 'agent:a', human: 'human:h', via: 'socket', scopes: ['read'] } as const;
let home = '';
let listening: AgentSocket | undefined;
let retired = 0;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'castellan-session-'));
  retired = 0;
});
afterEach(async () => {
  await listening?.[Symbol.asyncDispose]();
  listening = undefined;
  rmSync(home, { recursive: true, force: true });
});

async function listen(run: RunCommand, by: Build = build): Promise<void> {
  const log = pino({ level: 'silent' });
  listening = await listenOnAgentSocket({
    path: join(home, 'agent.sock'),
    redactor: silent,
    log,
    factory: () => {
      throw new Error('nobody speaks MCP here');
    },
    welcome: () => ({ castellan: protocol, build: by, schema, config: null, pid: 1 }),
    refuse: ({ config }) => (config === null ? undefined : 'this daemon serves something else'),
    control: async () => {
      retired += 1;
      const leaving = listening;
      listening = undefined;
      setImmediate(() => leaving?.[Symbol.asyncDispose]());
      return { retired: true };
    },
    operator: (socket) =>
      serveOperator(socket, {
        caller: { principal, client: 'test' },
        run,
        redactor: silent,
        log,
        closing: new AbortController().signal,
      }),
    onClients: () => undefined,
  });
}

const address = { home, config: null, build };
const open = (note?: (line: string) => void) => openOperatorSession({ ...address, home }, note);

describe('a session of an operator', () => {
  it('is none where no daemon runs, and none is started', async () => {
    expect(await open()).toBeUndefined();
  });

  it('asks, hears how far it is, and gets each answer', async () => {
    await listen(async ({ command, input, progress }) => {
      progress({ message: 'on it', done: 1, total: 2 });
      return { answer: { command, input: JSON.stringify(input) } };
    });
    await using session = await open();
    const told: unknown[] = [];
    const answers = await Promise.all([
      session?.request('tower.one', { a: 1 }, (progress) => told.push(progress)),
      session?.request('tower.two', {}),
    ]);
    expect(answers).toEqual([
      { command: 'tower.one', input: '{"a":1}' },
      { command: 'tower.two', input: '{}' },
    ]);
    expect(told).toEqual([{ message: 'on it', done: 1, total: 2 }]);
  });

  it('throws what the daemon says, with its code and what to do, and goes on', async () => {
    await listen(async ({ command }) =>
      command === 'bad'
        ? { error: { code: 'memory-unknown', message: 'there is no entry 7', next: 'look with list' } }
        : { answer: { fine: true } },
    );
    await using session = await open();
    const failed = expect(session?.request('bad', {})).rejects.toMatchObject({
      name: 'CastellanError',
      code: 'memory-unknown',
      message: 'there is no entry 7',
      next: 'look with list',
    });
    expect(await session?.request('good', {})).toEqual({ fine: true });
    await failed;
  });

  it('tells what the daemon could not mask', async () => {
    await listen(async () => ({ answer: {}, notSeen: 'known values (the keep is away)' }));
    const notes: string[] = [];
    await using session = await open((line) => notes.push(line));
    await session?.request('tower.one', {});
    expect(notes).toEqual(['NOT SEEN: known values (the keep is away)']);
  });

  it('is told when the daemon goes, before and after it asked', async () => {
    const begun = Promise.withResolvers<void>();
    await listen(() => {
      begun.resolve();
      return new Promise(() => undefined);
    });
    await using session = await open();
    const asked = expect(session?.request('tower.one', {})).rejects.toMatchObject({ code: 'daemon-gone' });
    await begun.promise;
    await listening?.[Symbol.asyncDispose]();
    await asked;
    await expect(session?.request('tower.two', {})).rejects.toMatchObject({ code: 'daemon-gone' });
  });

  it('sends an older daemon away that nobody uses', async () => {
    await listen(async () => ({ answer: {} }), { version: '0.9.0', stamp: '' });
    expect(await open()).toBeUndefined();
    expect(retired).toBe(1);
  });

  it('is refused by the daemon of another configuration', async () => {
    await listen(async () => ({ answer: {} }));
    await expect(openOperatorSession({ home, config: '/elsewhere.yaml', build })).rejects.toMatchObject({
      name: 'RefusedByDaemon',
    });
  });
});
