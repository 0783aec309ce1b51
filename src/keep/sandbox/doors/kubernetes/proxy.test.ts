import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../../kit/index.ts';
import { type KubernetesProxy, startKubernetesProxy } from './proxy.ts';

const token = `t${randomBytes(16).toString('hex')}`;

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let folder = '';
let proxy: KubernetesProxy;
let seen: Seen[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end('{}');
const upstream = createServer(async (request, response) => {
  const { method, url, headers } = request;
  seen.push({ method, url, headers, body: await text(request) });
  answer(request, response);
});

beforeEach(async () => {
  seen = [];
  answer = (_, response) => response.end('{}');
  folder = mkdtempSync(join(tmpdir(), 'castellan-proxy-'));
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const server = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const config = {
    'current-context': 'home',
    contexts: [{ name: 'home', context: { cluster: 'home', user: 'me' } }],
    clusters: [{ name: 'home', cluster: { server } }],
    users: [{ name: 'me', user: { token } }],
  };
  writeFileSync(join(folder, 'config'), JSON.stringify(config));
  proxy = await startKubernetesProxy({
    socketPath: join(folder, 'api.sock'),
    kubeconfig: join(folder, 'config'),
    context: undefined,
    allowedSecrets: [],
    deadlineMs: 5_000,
    answerBytes: 100_000,
  });
});
afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
  expect(existsSync(proxy.socket)).toBe(false);
  rmSync(folder, { recursive: true });
});

/** Everything that comes back on one connection after sending exactly these bytes. */
function raw(bytes: string): Promise<string> {
  const socket = connect(proxy.socket);
  socket.write(bytes);
  return text(socket);
}

const request = (line: string, ...headers: readonly string[]): Promise<string> =>
  raw([`${line} HTTP/1.1`, 'host: x', 'connection: close', ...headers, '', ''].join('\r\n'));

describe('the door to the API server', () => {
  it('is open to its user alone', () => {
    expect(statSync(proxy.socket).mode & 0o777).toBe(0o600);
  });

  it('shows a token that was lent in place of its own login', async () => {
    await proxy[Symbol.asyncDispose]();
    const lent = randomBytes(12).toString('hex');
    const kubeconfig = join(folder, 'config');
    const options = { socketPath: join(folder, 'api.sock'), kubeconfig, context: undefined, allowedSecrets: [] };
    proxy = await startKubernetesProxy({ ...options, token: new Secret(lent) });
    await request('GET /api/v1/namespaces/mail/pods?limit=5');
    expect(seen.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${lent}`]);
  });

  it('passes a read on with its own login and nothing of the client’s', async () => {
    answer = (_, response) => response.setHeader('set-cookie', 'a=b').setHeader('content-type', 'x/y').end('{"a":1}');
    const reply = await request(
      'GET /api/v1/namespaces/mail/pods?limit=5',
      'authorization: Bearer other',
      'impersonate-user: admin',
      'impersonate-group: system:masters',
      'x-remote-user: admin',
      'x-forwarded-for: 192.0.2.1',
      'cookie: a=b',
      'accept: application/yaml',
    );
    expect(reply).toMatch(/^HTTP\/1\.1 200 /);
    expect(reply).toContain('content-type: x/y');
    expect(reply).toContain('{"a":1}');
    expect(reply).not.toContain('set-cookie');
    const [only] = seen;
    expect(seen).toHaveLength(1);
    expect(only).toMatchObject({ method: 'GET', url: '/api/v1/namespaces/mail/pods?limit=5' });
    expect(only?.headers).toMatchObject({ authorization: `Bearer ${token}`, accept: 'application/yaml' });
    const names = Object.keys(only?.headers ?? {}).sort();
    expect(names).toEqual(['accept', 'authorization', 'connection', 'host', 'user-agent']);
    expect(proxy.requests()).toEqual({ forwarded: 1, byMethod: { GET: 1 }, refused: [], unlisted: 0 });
  });

  it('passes a trial on with its body', async () => {
    const body = 'kind: Deployment\n';
    const line = 'PATCH /apis/apps/v1/namespaces/mail/deployments/mail?dryRun=All';
    await raw(
      `${line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/apply-patch+yaml\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
    expect(seen).toMatchObject([
      { method: 'PATCH', body, headers: { 'content-type': 'application/apply-patch+yaml', 'content-length': '17' } },
    ]);
  });

  it('refuses what a plan does not need with its own words, and tells the run', async () => {
    const refused = [
      'GET /api/v1/namespaces/mail/secrets/mail?limit=1',
      'DELETE /api/v1/namespaces/mail/pods/mail-0',
      'PATCH /api/v1/namespaces/mail/pods/mail-0',
      'POST /api/v1/namespaces/mail/pods',
      'GET /api/v1/namespaces/mail/pods/mail-0/exec?command=id',
      'GET http://192.0.2.9/api/v1/pods',
    ];
    for (const line of refused) {
      const reply = await request(line);
      expect(reply).toMatch(/^HTTP\/1\.1 403 /);
      expect(reply).toContain('Castellan does not pass this on');
    }
    expect(seen).toEqual([]);
    expect(proxy.requests()).toMatchObject({ forwarded: 0, refused: expect.any(Array) });
    expect(proxy.requests().refused.map(({ method, path }) => `${method} ${path}`)).toEqual(
      refused.map((line) => line.split('?')[0]),
    );
  });

  it.each([
    ['an upgrade', 'GET /api/v1/pods HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'],
    ['a tunnel', 'CONNECT 192.0.2.1:443 HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['two lengths', 'GET /api HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    [
      'a length and chunks',
      'PATCH /api/v1/namespaces/a/pods/b?dryRun=All HTTP/1.1\r\nhost: x\r\ncontent-type: application/merge-patch+json\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a bare line feed', 'GET /api HTTP/1.1\nhost: x\n\n'],
    ['a space in the path', 'GET /api /v1 HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['no HTTP at all', '\x16\x03\x01\x02'],
  ])('lets nothing through of %s', async (_, bytes) => {
    expect(await raw(bytes)).not.toContain('200 OK');
    expect(seen).toEqual([]);
  });

  it('reads what follows a request as a request of its own, and judges it', async () => {
    const reply = await raw(
      'GET /api HTTP/1.1\r\nhost: x\r\ncontent-length: 40\r\n\r\nDELETE /api/v1/nodes/one HTTP/1.1\r\nx: y\r\n' +
        'GET /api/v1/namespaces/mail/secrets HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    );
    expect(seen).toMatchObject([{ method: 'GET', url: '/api', body: '' }]);
    expect(reply).not.toContain('/nodes');
  });

  it('follows no redirect', async () => {
    answer = (_, response) => response.writeHead(302, { location: 'http://192.0.2.1/' }).end();
    const reply = await request('GET /api');
    expect(reply).toMatch(/^HTTP\/1\.1 502 /);
    expect(reply).not.toContain('192.0.2.1');
    expect(seen).toHaveLength(1);
  });

  it('breaks off an answer at its ceiling, and refuses a body beyond its own', async () => {
    answer = (_, response) => response.end('x'.repeat(200_000));
    const reply = await request('GET /api').catch(() => '');
    expect(reply.length).toBeLessThan(150_000);
    const socket = connect(proxy.socket);
    socket.on('error', () => undefined);
    socket.write(
      'PATCH /api/v1/namespaces/a/pods/b?dryRun=All HTTP/1.1\r\nhost: x\r\ncontent-type: application/merge-patch+json\r\ncontent-length: 9000000\r\n\r\n',
    );
    socket.write('x'.repeat(9_000_000));
    expect(await text(socket).catch(() => '')).not.toContain('200 OK');
    expect(seen).toHaveLength(1);
  });

  it('says nothing of the credential when the API server is not there', async () => {
    upstream.closeAllConnections();
    await new Promise((resolve) => upstream.close(resolve));
    const reply = await request('GET /api');
    expect(reply).toMatch(/^HTTP\/1\.1 502 /);
    expect(reply).not.toContain(token);
    expect(reply).not.toContain('127.0.0.1');
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  });
});

describe('the door to the API server, for an apply', () => {
  const deployment = '/apis/apps/v1/namespaces/mail/deployments/mail';
  const send = (line: string, body = '', type = 'application/json'): Promise<string> =>
    raw(
      `${line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: ${type}\r\nauthorization: Bearer other\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );

  beforeEach(async () => {
    await proxy[Symbol.asyncDispose]();
    proxy = await startKubernetesProxy({
      socketPath: join(folder, 'api.sock'),
      kubeconfig: join(folder, 'config'),
      context: undefined,
      allowedSecrets: [],
      writes: true,
      deadlineMs: 5_000,
    });
  });

  it('passes writes on with its own login and their bodies, and counts them', async () => {
    await send('POST /apis/apps/v1/namespaces/mail/deployments', '{"a":1}');
    await send(`PUT ${deployment}`, '{"a":2}');
    await send(`PATCH ${deployment}`, '{"a":3}', 'application/merge-patch+json');
    await send(`PATCH ${deployment}`, '{"a":4}', 'application/merge-patch+json');
    await send(`DELETE ${deployment}`, '{"a":5}');
    await request(`DELETE ${deployment}`);
    expect(seen.map(({ method, body }) => `${method} ${body}`)).toEqual([
      ...['POST {"a":1}', 'PUT {"a":2}', 'PATCH {"a":3}', 'PATCH {"a":4}', 'DELETE {"a":5}', 'DELETE '],
    ]);
    for (const { headers } of seen) {
      expect(headers).toMatchObject({ authorization: `Bearer ${token}`, 'user-agent': 'castellan-apply' });
    }
    expect(proxy.requests()).toEqual({
      forwarded: 6,
      byMethod: { POST: 1, PUT: 1, PATCH: 2, DELETE: 2 },
      refused: [],
      unlisted: 0,
    });
  });

  it('refuses ways into containers, tokens and all Secrets, and hands no connection over', async () => {
    const refused = [
      'POST /api/v1/namespaces/mail/pods/mail-0/exec',
      'POST /api/v1/namespaces/mail/serviceaccounts/default/token',
      'GET /api/v1/namespaces/mail/secrets',
      'DELETE /api/v1/namespaces/mail/pods',
    ];
    for (const line of refused) expect(await send(line, '{}')).toMatch(/^HTTP\/1\.1 403 /);
    const upgrade = await raw(
      `POST ${deployment} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: SPDY/3.1\r\n\r\n`,
    );
    expect(upgrade).toMatch(/^HTTP\/1\.1 403 /);
    expect(seen).toEqual([]);
    expect(proxy.requests()).toMatchObject({ forwarded: 0, byMethod: {} });
    expect(proxy.requests().refused).toHaveLength(5);
  });

  it('sends a write to no other place than its own', async () => {
    answer = (_, response) => response.writeHead(307, { location: 'http://192.0.2.1/' }).end();
    expect(await send(`PUT ${deployment}`, '{}')).toMatch(/^HTTP\/1\.1 502 /);
    expect(seen).toHaveLength(1);
  });
});
