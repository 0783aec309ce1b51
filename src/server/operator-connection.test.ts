import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedactor } from '../redaction/index.ts';
import { silent } from '../redaction/no-redaction.fixture.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { RunCommand } from './operator-commands.ts';
import { serveOperator } from './operator-connection.ts';
import { LineSplitter } from './shim/lines.ts';

const principal = { agent: 'agent:a', human: 'human:h', via: 'socket', scopes: ['read'] } as const;
let directory = '';
let server: Server;
let run: RunCommand;
let redactor: Redactor = silent;
let closing = new AbortController();

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'castellan-operator-'));
  closing = new AbortController();
  redactor = silent;
  run = async ({ command, input }) => ({ answer: { command, input: JSON.stringify(input) } });
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    serveOperator(socket, {
      caller: { principal, client: 'test' },
      run: (request) => run(request),
      redactor,
      log: pino({ level: 'silent' }),
      closing: closing.signal,
    });
  });
  await new Promise<void>((resolve) => server.listen(join(directory, 'sock'), resolve));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true, force: true });
});

function talk(...messages: readonly (object | string)[]): { readonly lines: string[]; readonly socket: Socket } {
  const lines: string[] = [];
  const splitter = new LineSplitter();
  const socket = createConnection(join(directory, 'sock'));
  socket.on('data', (chunk: Buffer) => lines.push(...splitter.push(chunk)));
  for (const message of messages) socket.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
  return { lines, socket };
}

describe('a connection of an operator', () => {
  it('answers one command after another, in their order, one at a time', async () => {
    let atOnce = 0;
    let most = 0;
    run = async ({ command, progress }) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      progress({ message: command });
      await new Promise((resolve) => setTimeout(resolve, command === 'a' ? 20 : 0));
      atOnce -= 1;
      return { answer: { command } };
    };
    const { lines, socket } = talk({ command: 'a', input: {} }, { command: 'b' });
    await expect.poll(() => lines.length).toBe(4);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { progress: { message: 'a' } },
      { answer: { command: 'a' } },
      { progress: { message: 'b' } },
      { answer: { command: 'b' } },
    ]);
    expect(most).toBe(1);
    socket.destroy();
  });

  it.each([
    ['that is no JSON', 'memory.stats'],
    ['without a command', { input: {} }],
    ['whose command is no text', { command: 3 }],
    ['that is a list', []],
  ])('refuses a line %s, and serves the next', async (_, line) => {
    const { lines, socket } = talk(line, { command: 'a' });
    await expect.poll(() => lines.length).toBe(2);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ error: { code: 'command-unknown' } });
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ answer: { command: 'a' } });
    socket.destroy();
  });

  it.each([
    ['the client hangs up', (socket: Socket) => socket.destroy()],
    ['the daemon closes', () => closing.abort()],
  ])('cancels what runs when %s', async (_, end) => {
    const begun = Promise.withResolvers<AbortSignal>();
    const asked: string[] = [];
    run = async ({ command, signal }) => {
      asked.push(command);
      begun.resolve(signal);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { answer: {} };
    };
    const { socket } = talk({ command: 'a' }, ...(end.length === 0 ? [] : [{ command: 'b' }]));
    const signal = await begun.promise;
    end(socket);
    await expect.poll(() => signal.aborted).toBe(true);
    expect(asked).toEqual(['a']);
    socket.destroy();
  });

  it('cuts off a client that asks and asks and waits for nothing', async () => {
    run = ({ signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve({ answer: {} }), { once: true }));
    const { socket } = talk(...Array.from({ length: 200 }, (_, index) => ({ command: `c${index}` })));
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('close', resolve));
  });

  it('lets no secret out, whatever handed it over', async () => {
    redactor = createRedactor();
    const secret = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
    run = async ({ command, progress }) => {
      progress({ message: `at ${secret}` });
      return command === 'a' ? { answer: { deep: [secret] } } : { error: { code: 'x', message: secret, next: secret } };
    };
    const { lines, socket } = talk({ command: 'a' }, { command: 'b' });
    await expect.poll(() => lines.length).toBe(4);
    expect(lines.join('\n')).not.toContain(secret);
    socket.destroy();
  });

  it('ends when a command breaks in a way nobody expected', async () => {
    run = () => Promise.reject(new Error('broken'));
    const { socket, lines } = talk({ command: 'a' });
    await new Promise((resolve) => socket.once('close', resolve));
    expect(lines).toEqual([]);
  });
});
