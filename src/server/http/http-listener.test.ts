import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCursors, type Principal, table, toolsFor } from '../../kit/index.ts';
import { createRedactor } from '../../redaction/index.ts';
import type { AuditedCall } from '../../store/index.ts';
import { createCallTool } from '../call.ts';
import { createFactories } from '../mcp.ts';
import { createMetrics } from '../metrics.ts';
import type { Served } from '../served.ts';
import { type HttpListener, listenOnHttp } from './http-listener.ts';

const token = randomBytes(32).toString('base64url');
const secret = `hvs.${randomBytes(24).toString('base64url')}`;
const principal: Principal = { agent: 'agent:test', human: 'human:ada', via: 'token', scopes: ['read'] };
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

let listener: HttpListener;
let audited: AuditedCall[];

beforeEach(async () => {
  audited = [];
  const redactor = createRedactor();
  const metrics = createMetrics();
  const log = pino({ level: 'silent' });
  const served: Served = {
    tools: new Map([[look.name, { tool: look, ports: async () => ({}) }]]),
    groups: [],
    unconfigured: [],
  };
  const call = createCallTool({
    redactor,
    cursors: createCursors(randomBytes(32)),
    audit: { append: async (entry) => void audited.push(entry) },
    metrics,
    log,
    now: () => new Date(),
  });
  const closing = new AbortController().signal;
  listener = await listenOnHttp({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    allowedOrigins: [],
    bodyLimitBytes: 10_000,
    requestsPerMinute: 30,
    factoryFor: createFactories({
      build,
      served,
      call,
      instructions: () => 'use sample_look',
      resources: [],
      prompts: [],
      closing,
    }),
    authenticate: (request) => (request.headers.authorization === `Bearer ${token}` ? principal : undefined),
    redactor,
    metrics,
    log,
    notReady: () => undefined,
  });
});
afterEach(() => listener[Symbol.asyncDispose]());

async function connect(mode: 'auto' | 'legacy'): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  const headers = { authorization: `Bearer ${token}` };
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
});
