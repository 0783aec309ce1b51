import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lokiAudit } from './audit-reads.ts';
import { canary, now } from './scripted-vault.fixture.ts';

let server: Server;
let asked: URL[] = [];
let reply: { status: number; body: string; location?: string } = { status: 200, body: '' };
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '/', 'http://loki.example.net'));
    response.writeHead(reply.status, {
      connection: 'close',
      ...(reply.location === undefined ? {} : { location: reply.location }),
    });
    response.end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

const value = canary();
const line = (change: object = {}) =>
  JSON.stringify({
    type: 'response',
    time: '2026-03-01T09:00:00Z',
    auth: { display_name: 'kubernetes-mail', client_token: value },
    request: { operation: 'read', path: 'secret/data/apps/mail', client_token: value },
    response: { data: { data: { password: value } } },
    ...change,
  });
const loki = (...lines: readonly string[]) =>
  JSON.stringify({
    status: 'success',
    data: { resultType: 'streams', result: [{ stream: {}, values: lines.map((text) => ['1', text]) }] },
  });
const reads = () => {
  const { port } = server.address() as AddressInfo;
  const audit = lokiAudit({ loki: `http://127.0.0.1:${port}`, query: '{job="vault-audit"}' });
  return audit.readsOf('secret', 'apps/mail', now, new AbortController().signal);
};

it('who read it is taken from the audit log, and nothing else of it', async () => {
  const other = { request: { operation: 'read', path: 'secret/data/apps/mail2' } };
  const written = { request: { operation: 'update', path: 'secret/data/apps/mail' } };
  reply = {
    status: 200,
    body: loki(`shipper: ${line()}`, line(other), line(written), 'no json', line({ type: 'request' })),
  };
  const found = await reads();
  expect(found).toEqual([{ at: new Date('2026-03-01T09:00:00Z'), as: 'kubernetes-mail' }]);
  expect(JSON.stringify(found)).not.toContain(value);
  expect(asked[0]?.searchParams.get('query')).toBe('{job="vault-audit"} |= "/apps/mail\\"" |= "response"');
});

it.each([
  ['another status', { status: 500, body: value }],
  ['no JSON', { status: 200, body: `<html>${value}` }],
  ['another form', { status: 200, body: '{"data":{}}' }],
  ['too much', { status: 200, body: ' '.repeat(3_000_000) }],
  ['a way elsewhere', { status: 307, body: '', location: 'http://evil.example.net/' }],
])('an answer that is %s is said, and none of it', async (_, given) => {
  reply = given;
  const refused = await reads().catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'vault-audit-unreadable' });
  expect(String((refused as Error).message)).not.toContain(value);
});
