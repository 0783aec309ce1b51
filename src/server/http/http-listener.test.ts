import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { createCursors, type Principal, table, toolsFor } from '../../kit/index.ts';
import { createRedactor } from '../../redaction/index.ts';
import type { AuditedCall } from '../../store/index.ts';
import { createCallTool } from '../call.ts';
import { createFactories } from '../mcp.ts';
import { createMetrics } from '../metrics.ts';
import { nothingKnown } from '../nothing-known.fixture.ts';
import type { ResourceDefinition } from '../offered.ts';
import { createReadResource } from '../read-resource.ts';
import { createRunning } from '../running.ts';
import type { Served } from '../served.ts';
import { type HttpListener, type HttpOptions, listenOnHttp } from './http-listener.ts';

const token = randomBytes(32).toString('base64url');
const secret = `hvs.${randomBytes(24).toString('base64url')}`;
const principal: Principal = { agent: 'agent:test', human: 'human:ada', via: 'token', scopes: ['read'] };
const otherToken = randomBytes(32).toString('base64url');
const principals = new Map<string | undefined, Principal>([
  [`Bearer ${token}`, principal],
  [`Bearer ${otherToken}`, { ...principal, agent: 'agent:other', scopes: ['propose'] }],
]);
const build = { version: '1.0.0', stamp: '' };
const { defineTool } = toolsFor<Record<string, never>>();

const slow = Promise.withResolvers<AbortSignal>();
const look = defineTool({
  name: 'sample_look',
  title: 'Look',
  description: 'Looks.',
  effect: 'read',
  input: z.strictObject({ wait: z.boolean().optional().describe('wait for ever') }),
  run: async ({ wait }, { now, signal, progress }) => {
    if (wait === true) {
      slow.resolve(signal);
      return new Promise(() => undefined);
    }
    progress(`half way, ${secret}`, 1, 2);
    return table({ asOf: now(), coverage: { covered: 'all' }, columns: ['name'], rows: [[secret]] });
  },
});

const status: ResourceDefinition = {
  name: 'status',
  uri: 'castellan://status',
  title: 'Status',
  description: 'Says how it is.',
  mimeType: 'text/plain',
  read: async () => {
    if (failing) throw new Error(`driver at 192.0.2.7 says ${secret}`);
    return `all is well, ${secret}`;
  },
};

let options: HttpOptions;
let listener: HttpListener;
let audited: AuditedCall[];
let notReady: string | undefined;
let failing = false;

beforeEach(async () => {
  audited = [];
  const redactor = createRedactor();
  const metrics = createMetrics();
  const log = pino({ level: 'silent' });
  const served: Served = {
    tools: new Map([[look.name, { tool: look, ports: async () => ({}) }]]),
    groups: [],
    commands: new Map(),
    unconfigured: [],
  };
  const answering = {
    redactor,
    audit: { append: async (entry: AuditedCall) => void audited.push(entry) },
    metrics,
    running: createRunning(),
    log,
    ...nothingKnown,
    now: () => new Date(),
  };
  const closing = new AbortController().signal;
  options = {
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    allowedOrigins: [],
    bodyLimitBytes: 10_000,
    requestsPerMinute: 30,
    factoryFor: createFactories({
      build,
      served,
      call: createCallTool({ ...answering, cursors: createCursors(randomBytes(32)) }),
      readResource: createReadResource(answering),
      instructions: () => 'use sample_look',
      resources: [status],
      prompts: [],
      closing,
    }),
    authenticate: async (request) => principals.get(request.headers.authorization),
    redactor,
    metrics,
    log,
    notReady: () => notReady,
  };
  notReady = undefined;
  listener = await listenOnHttp(options);
});
afterEach(() => listener[Symbol.asyncDispose]());

async function connect(mode: 'auto' | 'legacy', bearer = token): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  const headers = { authorization: `Bearer ${bearer}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(listener.url), { requestInit: { headers } }));
  return client;
}

/** A request that fetch would not send: any Host, any body. */
function send(headers: Record<string, string>, body = '', path = '/mcp'): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const url = new URL(path, listener.url);
  const sent = httpRequest(
    url,
    { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
    (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    },
  );
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

describe.each(['auto', 'legacy'] as const)('MCP over HTTP, %s negotiation', (mode) => {
  it("lists and calls, redacted and audited under the token's principal", async () => {
    const client = await connect(mode);
    const { tools } = await client.listTools();
    expect(tools).toMatchObject([{ name: 'sample_look', inputSchema: { additionalProperties: false } }]);
    const heard: unknown[] = [];
    const result = await client.callTool({ name: 'sample_look', arguments: {} }, { onprogress: (p) => heard.push(p) });
    expect(JSON.stringify([result, heard])).not.toContain(secret);
    expect(JSON.stringify(result)).toContain('redactions: 1');
    expect(heard).toMatchObject([{ message: expect.stringContaining('half way') }]);
    // Before 2026-07-28 a client names itself only when it opens a session, and over HTTP there is none.
    expect(audited).toMatchObject([{ principal, client: mode === 'auto' ? 'test 1' : 'unnamed', outcome: 'ok' }]);
    expect(client.getInstructions()).toBe('use sample_look');
    await client.close();
  });

  it('tells an unknown argument in words', async () => {
    const client = await connect(mode);
    const result = await client.callTool({ name: 'sample_look', arguments: { wiat: true } });
    expect(result).toMatchObject({ isError: true });
    expect(JSON.stringify(result)).toContain('did you mean `wait`');
    await client.close();
  });
});

describe.each(['auto', 'legacy'] as const)('a resource over HTTP, %s negotiation', (mode) => {
  const uri = status.uri;

  it('is read like a tool is called: redacted, and audited under the principal', async () => {
    const client = await connect(mode);
    expect(await client.readResource({ uri })).toMatchObject({
      contents: [{ uri, text: expect.stringMatching(/^all is well, «redacted:/) }],
    });
    expect(audited).toMatchObject([
      { principal, tool: 'resources/read', effect: 'read', input: { uri }, outcome: 'ok' },
    ]);
    await client.close();
  });

  it('is refused without the scope to read', async () => {
    const client = await connect(mode, otherToken);
    await expect(client.readResource({ uri })).rejects.toThrowError(/scope-denied/);
    expect(audited).toMatchObject([{ outcome: 'denied', principal: { agent: 'agent:other' } }]);
    await client.close();
  });

  it("fails in words of Castellan's own", async () => {
    failing = true;
    const client = await connect(mode);
    const failure: unknown = await client.readResource({ uri }).catch((error: unknown) => error);
    failing = false;
    expect(String(failure)).toMatch(/error internal: .*id [0-9a-f]{8}/);
    expect(String(failure)).not.toContain('192.0.2.7');
    expect(audited).toMatchObject([{ outcome: 'error', code: 'internal' }]);
    await client.close();
  });
});

describe('attacks over HTTP', () => {
  it('a page on another site (DNS rebinding) reaches nothing, even with the token', async () => {
    const authorization = `Bearer ${token}`;
    expect(await send({ authorization, host: 'evil.example' })).toMatchObject({ status: 403 });
    expect(await send({ authorization, origin: 'https://evil.example' })).toMatchObject({ status: 403 });
  });

  it('a request without a token, or with a wrong one, is refused before it is read', async () => {
    for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
      expect(await send(headers, '{"jsonrpc":"2.0","id":1,"method":"tools/list"}')).toMatchObject({ status: 401 });
    }
    expect(await send({}, '', '/metrics')).toMatchObject({ status: 401 });
  });

  it('an oversized body is refused, with and without its length', async () => {
    const authorization = `Bearer ${token}`;
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { pad: 'x'.repeat(20_000) } });
    expect(await send({ authorization, 'content-length': String(body.length) }, body)).toMatchObject({ status: 413 });
    expect(await send({ authorization, 'transfer-encoding': 'chunked' }, body)).toMatchObject({ status: 413 });
  });

  it('guessing tokens is slowed down', async () => {
    const statuses = await Promise.all(Array.from({ length: 40 }, () => send({ authorization: 'Bearer guess' })));
    expect(statuses.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(9);
  });

  it('a principal that asks too often is told to wait', async () => {
    const authorization = `Bearer ${token}`;
    const statuses = await Promise.all(Array.from({ length: 40 }, () => send({ authorization }, '{}')));
    expect(statuses.some(({ status }) => status === 429)).toBe(true);
  });

  it('a principal that asks too often slows nobody else down', async () => {
    const flood = Array.from({ length: 60 }, () => send({ authorization: `Bearer ${token}` }, '{}'));
    await Promise.all(flood);
    expect(await send({ authorization: `Bearer ${token}` }, '{}')).toMatchObject({ status: 429 });
    expect(await send({ authorization: `Bearer ${otherToken}` }, '{}')).not.toMatchObject({ status: 429 });
    expect(await send({}, '', '/healthz')).toMatchObject({ status: 200 });
  });

  it('a client that goes away ends its call', async () => {
    const client = await connect('auto');
    const leaving = new AbortController();
    const call = client.callTool({ name: 'sample_look', arguments: { wait: true } }, { signal: leaving.signal });
    const signal = await slow.promise;
    leaving.abort();
    await expect(call).rejects.toThrowError();
    await expect.poll(() => signal.aborted).toBe(true);
    await client.close();
  });
});

describe('the plain routes', () => {
  it('say that the server lives, and give metrics to a token only', async () => {
    expect(await send({}, '', '/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await send({}, '', '/readyz')).toMatchObject({ status: 200 });
    const metrics = await send({ authorization: `Bearer ${token}` }, '', '/metrics');
    expect(metrics.text).toContain('castellan_tool_calls_total');
    expect(await send({}, '', '/admin')).toMatchObject({ status: 404 });
  });

  it('keep a connection for longer than clients do, so that none is closed under a request', async () => {
    const response = await fetch(new URL('/healthz', listener.url));
    expect(response.headers.get('keep-alive')).toBe('timeout=75');
  });

  it('say that the server is not ready, and why', async () => {
    notReady = 'the store is opening';
    expect(await send({}, '', '/readyz')).toEqual({ status: 503, text: 'the store is opening\n' });
    expect(await send({}, '', '/healthz')).toMatchObject({ status: 200 });
  });
});

test('an address that is taken is an error an operator can act on', async () => {
  const { port } = new URL(listener.url);
  await expect(listenOnHttp({ ...options, port: Number(port) })).rejects.toMatchObject({
    code: 'http-not-listening',
    message: expect.stringContaining(`127.0.0.1:${port} (EADDRINUSE)`),
    next: expect.stringContaining('http.listen'),
  });
});
