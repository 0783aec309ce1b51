import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { McpServer, ServerContext } from '@modelcontextprotocol/server';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Principal } from '../kit/index.ts';
import { createRedactor } from '../redaction/index.ts';
import { type AgentSocket, listenOnAgentSocket } from './agent-socket.ts';
import { protocol, schema } from './handshake.ts';
import { type HttpListener, listenOnHttp } from './http/http-listener.ts';
import { createFactories } from './mcp.ts';
import { createMetrics } from './metrics.ts';
import { LineSplitter } from './shim/lines.ts';

/**
 * Everything that can leave, made to hold a token by handlers that go past every other guard: only the choke point is
 * left between them and the client.
 */
const token = `hvs.${randomBytes(24).toString('base64url')}`;
const build = { version: '1.0.0', stamp: '' };
const principal: Principal = { agent: 'agent:a', human: 'human:h', via: 'socket', scopes: ['read'] };

function leak(server: McpServer): void {
  server.server.registerCapabilities({ completions: {} });
  const said = `said ${token}`;
  server.registerTool('answers', { description: said }, async (context: ServerContext) => {
    const progressToken = context.mcpReq._meta?.progressToken ?? '';
    await context.mcpReq.notify({
      method: 'notifications/progress',
      params: { progressToken, progress: 1, message: `progress ${token}` },
    });
    return { content: [{ type: 'text', text: said }], structuredContent: { [`name ${token}`]: said }, _meta: { said } };
  });
  server.registerTool('fails', {}, () => {
    throw new Error(`refused ${token}`);
  });
  server.registerResource('whole', 'leak://whole', { description: said }, () => ({
    contents: [{ uri: 'leak://whole', text: said }],
  }));
  server.registerResource('broken', 'leak://broken', {}, () => {
    throw new Error(`refused ${token}`);
  });
  server.registerPrompt('whole', { description: said, argsSchema: z.object({ word: z.string() }) }, ({ word }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `${said} ${word}` } }],
  }));
  server.registerPrompt('broken', {}, () => {
    throw new Error(`refused ${token}`);
  });
}

const asked: readonly (readonly [method: string, params: object])[] = [
  ['tools/list', {}],
  ['tools/call', { name: 'answers', arguments: {}, _meta: { progressToken: 'p' } }],
  ['tools/call', { name: 'fails', arguments: {} }],
  ['tools/call', { name: `no ${token}`, arguments: {} }],
  ['resources/list', {}],
  ['resources/read', { uri: 'leak://whole' }],
  ['resources/read', { uri: 'leak://broken' }],
  ['resources/read', { uri: `leak://${token}` }],
  ['prompts/list', {}],
  ['prompts/get', { name: 'whole', arguments: { word: token } }],
  ['prompts/get', { name: 'broken' }],
];

let directory = '';
let socket: AgentSocket;
let listener: HttpListener;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'castellan-out-'));
  const redactor = createRedactor();
  const log = pino({ level: 'silent' });
  const factoryFor = createFactories({
    build,
    served: { tools: new Map(), groups: [], unconfigured: [] },
    call: () => Promise.reject(new Error('no tool of the catalogue is served')),
    readResource: () => Promise.reject(new Error('no resource of the catalogue is served')),
    instructions: () => `instructions ${token}`,
    resources: [],
    prompts: [],
    closing: new AbortController().signal,
    decorate: leak,
  });
  socket = await listenOnAgentSocket({
    path: join(directory, 'agent.sock'),
    redactor,
    log,
    factory: factoryFor(() => principal),
    welcome: () => ({ castellan: protocol, build, schema, config: null, pid: 1 }),
    refuse: () => undefined,
    control: async (verb) => ({ verb, said: token }),
    onClients: () => undefined,
  });
  listener = await listenOnHttp({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    allowedOrigins: [],
    bodyLimitBytes: 10_000,
    requestsPerMinute: 1_000,
    factoryFor,
    authenticate: async () => principal,
    redactor,
    metrics: createMetrics(),
    log,
    notReady: () => undefined,
  });
});
afterEach(async () => {
  await socket[Symbol.asyncDispose]();
  await listener[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

function talk(purpose: unknown, messages: readonly object[]): { readonly lines: string[]; readonly socket: Socket } {
  const lines: string[] = [];
  const splitter = new LineSplitter();
  const connection = createConnection(join(directory, 'agent.sock'));
  connection.on('data', (chunk: Buffer) => lines.push(...splitter.push(chunk)));
  const hello = { castellan: protocol, build, schema, config: null, purpose };
  for (const message of [hello, ...messages]) connection.write(`${JSON.stringify(message)}\n`);
  return { lines, socket: connection };
}

/** What no answer holds, and that each of them is an answer to what was asked. */
function expectClean(text: string): void {
  expect(text).not.toContain(token);
  expect(text).not.toContain(token.slice(8, 24));
}

describe('a token that a handler lets out', () => {
  it('does not pass agent.sock, in an answer, an error, progress, a resource, a prompt or a list', async () => {
    const opening = {
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
    };
    const requests = [['initialize', opening.params] as const, ...asked].map(([method, params], id) => ({
      jsonrpc: '2.0',
      id,
      method,
      params,
    }));
    const { lines, socket: connection } = talk('mcp', requests);
    // The welcome, an answer to each request, and one notification of progress.
    await expect.poll(() => lines.length).toBe(requests.length + 2);
    const text = lines.join('\n');
    expectClean(text);
    for (const word of ['instructions', 'said', 'progress', 'refused']) expect(text).toContain(`${word} «redacted:`);
    connection.destroy();
  });

  it('does not pass agent.sock as the answer to a control verb', async () => {
    const { lines } = talk({ control: 'status' }, []);
    await expect.poll(() => lines.length).toBe(2);
    expectClean(lines.join('\n'));
    expect(lines[1]).toContain('«redacted:');
  });

  it.each(['auto', 'legacy'] as const)('does not pass HTTP, %s negotiation', async (mode) => {
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
    const heard: string[] = [];
    const transport = new StreamableHTTPClientTransport(new URL(listener.url), {
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        const text = await response.clone().text();
        heard.push(text);
        return response;
      },
    });
    await client.connect(transport);
    const ended = [
      client.listTools(),
      client.callTool({ name: 'answers', arguments: {} }, { onprogress: () => undefined }),
      client.callTool({ name: 'fails', arguments: {} }),
      client.readResource({ uri: 'leak://whole' }),
      client.readResource({ uri: 'leak://broken' }),
      client.getPrompt({ name: 'whole', arguments: { word: 'x' } }),
      client.getPrompt({ name: 'broken' }),
    ];
    await Promise.allSettled(ended);
    const text = heard.join('\n');
    expectClean(text);
    for (const word of ['instructions', 'said', 'progress', 'refused']) expect(text).toContain(`${word} «redacted:`);
    await client.close();
  });
});
