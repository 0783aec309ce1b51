import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McpServer } from '@modelcontextprotocol/server';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedactor } from '../redaction/index.ts';
import { type AgentSocket, listenOnAgentSocket } from './agent-socket.ts';
import { protocol, schema } from './handshake.ts';
import { LineSplitter } from './shim/lines.ts';

const build = { version: '1.0.0', stamp: '' };
const hello = { castellan: protocol, build, schema, config: null, purpose: 'mcp' as const };
let directory = '';
let listening: AgentSocket;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'castellan-socket-'));
  listening = await listenOnAgentSocket({
    path: join(directory, 'agent.sock'),
    redactor: createRedactor(),
    log: pino({ level: 'silent' }),
    factory: () => new McpServer({ name: 'test', version: '1' }, { capabilities: { tools: {} } }),
    welcome: () => ({ castellan: protocol, build, schema, config: null, pid: process.pid }),
    refuse: ({ config }) => (config === '/elsewhere.yaml' ? 'this daemon serves something else' : undefined),
    control: async (verb, clients) => ({ verb, clients }),
    operator: (socket, by) => {
      socket.write(`${JSON.stringify({ operatorOf: by.version })}\n`);
      socket.resume();
    },
    onClients: () => undefined,
  });
});
afterEach(async () => {
  await listening[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

function talk(...messages: readonly (object | string)[]): { lines: string[]; socket: Socket } {
  const lines: string[] = [];
  const splitter = new LineSplitter();
  const socket = createConnection(join(directory, 'agent.sock'));
  socket.on('data', (chunk: Buffer) => lines.push(...splitter.push(chunk)));
  for (const message of messages) socket.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
  return { lines, socket };
}

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } },
};

describe('agent.sock', () => {
  it('can be opened by its owner only', () => {
    expect(statSync(join(directory, 'agent.sock')).mode & 0o777).toBe(0o600);
  });

  it('welcomes, then speaks MCP, also when both lines come in one packet', async () => {
    const { lines, socket } = talk(`${JSON.stringify(hello)}\n${JSON.stringify(initialize)}`);
    await expect.poll(() => lines.length).toBe(2);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ castellan: protocol, pid: process.pid, clients: 0 });
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ id: 1, result: { protocolVersion: '2025-06-18' } });
    expect(listening.clients).toBe(1);
    socket.destroy();
    await expect.poll(() => listening.clients).toBe(0);
  });

  it('answers a control verb and does not count it as a client', async () => {
    const { lines } = talk({ ...hello, purpose: { control: 'status' } });
    await expect.poll(() => lines.length).toBe(2);
    expect(JSON.parse(lines[1] ?? '')).toEqual({ verb: 'status', clients: 0 });
  });

  it('hands an operator over, and counts it as a client', async () => {
    const { lines, socket } = talk({ ...hello, purpose: 'operator' });
    await expect.poll(() => lines.length).toBe(2);
    expect(JSON.parse(lines[1] ?? '')).toEqual({ operatorOf: '1.0.0' });
    expect(listening.clients).toBe(1);
    socket.destroy();
    await expect.poll(() => listening.clients).toBe(0);
  });

  it.each([
    ['a line that is no handshake', initialize],
    ['garbage', 'GET / HTTP/1.1'],
    ['an endless first line', 'x'.repeat(10_000)],
    ['a verb that does not exist', { ...hello, purpose: { control: 'approve' } }],
  ])('refuses %s', async (_, line) => {
    const { lines } = talk(line);
    await expect.poll(() => lines.length).toBe(1);
    expect(JSON.parse(lines[0] ?? '')).toHaveProperty('refused');
  });

  it('tells a client with another configuration that it is at the wrong daemon', async () => {
    const { lines } = talk({ ...hello, config: '/elsewhere.yaml' });
    await expect.poll(() => lines.length).toBe(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({ refused: 'this daemon serves something else' });
  });

  it('survives a client that breaks off in the middle of its handshake', async () => {
    const { socket } = talk();
    socket.write('{"castellan":');
    socket.destroy();
    const { lines } = talk(hello);
    await expect.poll(() => lines.length).toBe(1);
  });
});
