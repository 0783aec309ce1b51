import { readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readAll, ScratchCastellan } from './scratch-castellan.ts';

const castellan = new ScratchCastellan();
let url = new URL('http://127.0.0.1/');
let token = '';
beforeAll(async () => {
  ({ token } = await castellan.token());
  url = new URL((await castellan.serve()).url);
});
afterAll(() => castellan[Symbol.asyncDispose]());

const listTools = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });
const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** A request as no browser or fetch would send it. */
function send(more: Readonly<Record<string, string>>, body = listTools): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const authorization = `Bearer ${token}`;
  const sent = httpRequest(url, { method: 'POST', headers: { authorization, ...headers, ...more } }, (response) => {
    readAll(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

/** What comes back before the body, whose beginning is sent, was sent to its end. */
async function sendUnfinished(framing: string, beginning = ''): Promise<string> {
  const socket = connect(Number(url.port), url.hostname);
  const head = ['POST /mcp HTTP/1.1', `Host: ${url.host}`, `Authorization: Bearer ${token}`, framing];
  const given = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.write(`${[...head, ...given].join('\r\n')}\r\n\r\n${beginning}`);
  return readAll(socket);
}

describe('the HTTP listener of a running daemon', () => {
  it('answers a caller with a token, so that the refusals below mean something', async () => {
    expect(await send({})).toMatchObject({ status: 200 });
  });

  it.each([
    ['another name', { host: 'evil.example' }],
    ['another name with our port', { host: 'evil.example:7420' }],
    ['a name that begins like ours', { host: '127.0.0.1.evil.example' }],
    ['another site as Origin', { origin: 'https://evil.example' }],
    ['another port of this machine as Origin', { origin: 'http://127.0.0.1:1' }],
    ['a page without an origin', { origin: 'null' }],
  ])('refuses a page of another site, even with the token: %s', async (_, more) => {
    expect(await send(more)).toMatchObject({ status: 403 });
  });

  it.each(['3000000', '999999999999'])('refuses a body of %s bytes before it comes, and goes on', async (length) => {
    expect(await sendUnfinished(`Content-Length: ${length}`)).toMatch(/^HTTP\/1\.1 413 /);
    expect(await send({})).toMatchObject({ status: 200 });
  });

  it('refuses a body of no said length as soon as it is too large, and goes on', async () => {
    const tooLarge = 'x'.repeat(1_048_577);
    const chunk = `${tooLarge.length.toString(16)}\r\n${tooLarge}\r\n`;
    expect(await sendUnfinished('Transfer-Encoding: chunked', chunk)).toMatch(/^HTTP\/1\.1 413 /);
    expect(await send({})).toMatchObject({ status: 200 });
  });

  it.each([
    ['no token', ''],
    ['a made-up token', 'Bearer cst_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['another scheme', 'Basic YTpi'],
  ])('refuses %s', async (_, authorization) => {
    expect(await send({ authorization })).toMatchObject({ status: 401 });
  });

  it('refuses a revoked token at its next request', async () => {
    const made = await castellan.token();
    const authorization = `Bearer ${made.token}`;
    expect(await send({ authorization })).toMatchObject({ status: 200 });
    expect(await castellan.run('token', 'revoke', made.id)).toMatchObject({ code: 0 });
    expect(await send({ authorization })).toMatchObject({ status: 401 });
  });

  it('refuses an expired token', async () => {
    const made = await castellan.token('--days', '1');
    const authorization = `Bearer ${made.token}`;
    expect(await send({ authorization })).toMatchObject({ status: 200 });
    const file = join(castellan.home, 'tokens.json');
    const { tokens } = tokenFile.parse(JSON.parse(readFileSync(file, 'utf8')));
    const ended = tokens.map((one) => (one.id === made.id ? { ...one, expires: new Date(0).toISOString() } : one));
    writeFileSync(file, JSON.stringify({ tokens: ended }));
    expect(await send({ authorization })).toMatchObject({ status: 401 });
  });

  it('shows no token to anybody who lists them', async () => {
    const listed = await castellan.run('token', 'list');
    expect(listed.stdout).toContain('agent:suite');
    expect(listed.stdout + listed.stderr + readFileSync(join(castellan.home, 'tokens.json'), 'utf8')).not.toContain(
      token,
    );
  });
});

const tokenFile = z.object({ tokens: z.array(z.looseObject({ id: z.string() })) });
