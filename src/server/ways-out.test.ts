import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { McpServer, ServerContext } from '@modelcontextprotocol/server';
import { pino } from 'pino';
import { Counter, type Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Principal } from '../kit/index.ts';
import { createRedactor } from '../redaction/index.ts';
import { createFingerprinter } from '../redaction/known/fingerprint.ts';
import { createKnownValues } from '../redaction/known/known-values.ts';
import { type AgentSocket, listenOnAgentSocket } from './agent-socket.ts';
import { protocol, schema } from './handshake.ts';
import { type HttpListener, listenOnHttp } from './http/http-listener.ts';
import { createFactories } from './mcp.ts';
import { createMetrics } from './metrics.ts';
import { serveOperator } from './operator-connection.ts';
import { LineSplitter } from './shim/lines.ts';

/**
 * Everything that can leave, made to hold a secret by handlers that go past every other guard: only the choke point is
 * left between them and the client. Once it is a token of a known shape, once a value that only its fingerprint gives away.
 */
const patterned = `hvs.${randomBytes(24).toString('base64url')}`;
/** Looks like nothing: only who knows it masks it. */
const unlike = Array.from({ length: 6 }, () => randomBytes(3).toString('hex')).join('-');
let token = patterned;
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

const asked = (): readonly (readonly [method: string, params: object])[] => [
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
let registry: Registry;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'castellan-out-'));
  const redactor = createRedactor();
  const known = createKnownValues();
  const label = { mount: 'secret', path: 'apps/mail', key: 'password', version: 3 };
  known.load(createFingerprinter().of([{ value: unlike, class: 'a', label }], 'g1'));
  redactor.addLayer(known.layer);
  const metrics = createMetrics();
  registry = metrics.registry;
  const log = pino({ level: 'silent' });
  const factoryFor = createFactories({
    build,
    served: { tools: new Map(), commands: new Map(), groups: [], unconfigured: [] },
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
    refuse: ({ config }) => (config === null ? undefined : `this daemon does not serve ${config}`),
    control: async (verb) => ({ verb, said: token }),
    operator: (connection) =>
      serveOperator(connection, {
        caller: { principal, client: 'test' },
        redactor,
        log,
        closing: new AbortController().signal,
        run: async ({ command, progress }) => {
          progress({ message: `progress ${token}` });
          if (command === 'fails') return { error: { code: 'c', message: `refused ${token}`, next: token } };
          return { answer: { [`name ${token}`]: `said ${token}` }, notSeen: token };
        },
      }),
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
    metrics,
    log,
    notReady: () => `waiting for ${token}`,
  });
});
afterEach(async () => {
  await socket[Symbol.asyncDispose]();
  await listener[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

function talk(
  purpose: unknown,
  messages: readonly object[],
  config: string | null = null,
): { readonly lines: string[]; readonly socket: Socket } {
  const lines: string[] = [];
  const splitter = new LineSplitter();
  const connection = createConnection(join(directory, 'agent.sock'));
  connection.on('data', (chunk: Buffer) => lines.push(...splitter.push(chunk)));
  const hello = { castellan: protocol, build, schema, config, purpose };
  for (const message of [hello, ...messages]) connection.write(`${JSON.stringify(message)}\n`);
  return { lines, socket: connection };
}

/** What no answer holds, and that each of them is an answer to what was asked. */
function expectClean(text: string): void {
  expect(text).not.toContain(token);
  expect(text).not.toContain(token.slice(8, 24));
}

describe.each([
  ['a token', patterned],
  ['a value of Vault', unlike],
])('%s that a handler lets out', (_, value) => {
  beforeEach(() => {
    token = value;
  });

  it('does not pass agent.sock, in an answer, an error, progress, a resource, a prompt or a list', async () => {
    const opening = {
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
    };
    const requests = [['initialize', opening.params] as const, ...asked()].map(([method, params], id) => ({
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
    expect(lines[1]).toMatch(/«(redacted|secret):/);
  });

  it('does not pass agent.sock as the answer, the error or the progress of a command', async () => {
    const { lines, socket: connection } = talk('operator', [{ command: 'answers' }, { command: 'fails' }]);
    await expect.poll(() => lines.length).toBe(5);
    const text = lines.join('\n');
    expectClean(text);
    for (const word of ['said', 'progress', 'refused']) expect(text).toContain(`${word} «redacted:`);
    connection.destroy();
  });

  it('does not pass agent.sock in a refusal that repeats what was asked', async () => {
    const { lines } = talk('mcp', [], `/srv/${token}/castellan.yaml`);
    await expect.poll(() => lines.length).toBe(1);
    expectClean(lines.join());
    expect(lines[0]).toContain('does not serve');
  });

  it('does not pass HTTP beside MCP: readiness, metrics, what is refused', async () => {
    const said = new Counter({
      name: 'said_total',
      help: `said ${token}`,
      labelNames: ['word'],
      registers: [registry],
    });
    said.inc({ word: token });
    const heard: string[] = [];
    for (const path of ['/readyz', '/metrics', `/${token}`, `/healthz?${token}`]) {
      const response = await fetch(new URL(path, listener.url));
      heard.push(`${response.status} ${[...response.headers]} ${await response.text()}`);
    }
    expectClean(heard.join('\n'));
    expect(heard.map((answer) => answer.slice(0, 3))).toEqual(['503', '200', '404', '200']);
    expect(heard[0]).toContain('waiting for «redacted:');
    expect(heard[1]).toContain('said_total{word="«redacted:');
    expect(heard[1]).toContain('process_cpu_seconds_total ');
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
