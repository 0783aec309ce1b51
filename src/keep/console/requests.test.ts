import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyResponse } from './headers.ts';
import { type ScriptedConsole, startScriptedConsole } from './scripted-console.fixture.ts';
import { type Asking, origin, type Visitor, visit } from './visitor.fixture.ts';

/** What other pages, other names and broken clients get. */
let scripted: ScriptedConsole;
let visitor: Visitor;

beforeAll(async () => {
  scripted = await startScriptedConsole({ port: 0, origin, assets: '/nowhere', empty: true });
  visitor = visit(scripted.console.port);
});
afterAll(() => scripted[Symbol.asyncDispose]());

const hello = (asking: Asking) => visitor.get('/api/hello', asking);
const options = (asking: Asking) => visitor.post('/api/login/options', {}, asking);

/** Bytes as they are, and all that comes back. */
async function raw(text: string): Promise<string> {
  const socket = connect(scripted.console.port, '127.0.0.1');
  socket.end(text);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

describe('a request to the console', () => {
  it('of its own page is answered', async () => {
    expect((await hello({})).status).toBe(200);
    expect((await options({})).status).toBe(200);
    expect((await hello({ headers: { origin } })).status).toBe(200);
    expect((await hello({ headers: { 'sec-fetch-site': 'none' } })).status).toBe(200);
    // Not a browser at all: `castellan` in a terminal.
    expect((await hello({ without: ['sec-fetch-site'] })).status).toBe(200);
  });

  it.each([
    'evil.example',
    'castellan.localhost',
    'castellan.localhost:8791',
    'localhost:8790',
    '127.0.0.1:8790',
    'castellan.localhost:8790.evil.example',
    'castellan.localhost.:8790',
    'evil.castellan.localhost:8790',
    'castellan.localhost:8790@evil.example',
  ])('under the name %s is refused, whatever it asks', async (host) => {
    for (const path of ['/', '/api/hello', '/assets/x.js', '/api/nothing']) {
      expect(await visitor.get(path, { headers: { host } })).toMatchObject({ status: 403, code: 'console-refused' });
    }
    expect(await options({ headers: { host } })).toMatchObject({ status: 403 });
  });

  it('with two names, or none, is refused', async () => {
    expect(
      await raw('GET /api/hello HTTP/1.1\r\nHost: castellan.localhost:8790\r\nHost: evil.example\r\n\r\n'),
    ).toMatch(/^HTTP\/1\.1 40[03] /);
    expect(await raw('GET /api/hello HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
  });

  it.each([
    'GET http://evil.example/api/hello HTTP/1.1',
    'GET //evil.example/api/hello HTTP/1.1',
    'OPTIONS * HTTP/1.1',
    'CONNECT evil.example:443 HTTP/1.1',
    'GET \\api HTTP/1.1',
  ])('for another place (%s) is refused', async (line) => {
    expect(await raw(`${line}\r\nHost: castellan.localhost:8790\r\nConnection: close\r\n\r\n`)).not.toMatch(
      /^HTTP\/1\.1 2/,
    );
  });

  it.each(['https://evil.example', 'http://castellan.localhost', 'http://castellan.localhost:8791', 'null', ''])(
    'of the page %j is refused',
    async (other) => {
      expect(await options({ headers: { origin: other } })).toMatchObject({ status: 403, code: 'console-refused' });
      expect(await hello({ headers: { origin: other } })).toMatchObject({ status: 403 });
    },
  );

  it('that would change something says which page it is of', async () => {
    expect(await options({ without: ['origin'] })).toMatchObject({ status: 403, code: 'console-refused' });
    expect(await options({ without: ['origin', 'sec-fetch-site'] })).toMatchObject({ status: 403 });
    expect(await options({ headers: { 'sec-fetch-site': 'none' } })).toMatchObject({ status: 403 });
  });

  it.each(['cross-site', 'same-site'])('of a page that the browser calls %s is refused', async (site) => {
    expect(await hello({ headers: { 'sec-fetch-site': site } })).toMatchObject({ status: 403 });
    expect(await options({ headers: { 'sec-fetch-site': site } })).toMatchObject({ status: 403 });
    const followed = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await hello({ headers: followed })).status).toBe(403);
    const framed = { ...followed, 'sec-fetch-dest': 'iframe' };
    expect((await visitor.get('/', { headers: framed })).status).toBe(403);
    // A link in a chat leads to the page itself; here it was never built.
    expect((await visitor.get('/', { headers: followed })).status).toBe(503);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=latin1',
    'application/jsonp',
    '',
  ])('with a body of type %j is refused', async (type) => {
    expect(await options({ headers: { 'content-type': type } })).toMatchObject({ status: 415 });
  });

  it('with a packed body is refused', async () => {
    expect(await options({ headers: { 'content-encoding': 'gzip' } })).toMatchObject({ status: 415 });
  });

  it('larger than a page makes them is refused, whether it says so or not', async () => {
    const body = JSON.stringify({ words: 'x'.repeat(256 * 1024) });
    const length = { 'content-length': String(body.length) };
    expect(await visitor.post('/api/login', body, { headers: length })).toMatchObject({ status: 413 });
    const chunked = { 'transfer-encoding': 'chunked' };
    expect(await visitor.post('/api/login', body, { headers: chunked })).toMatchObject({
      status: 413,
      code: 'console-too-large',
    });
  });

  it.each([
    '{',
    '[]',
    '"x"',
    'null',
    '{"challenge":1}',
    '{"more":true}',
    '\u0000',
    '{"challenge":"x","assertion":null}',
  ])('with the body %j is not understood', async (body) => {
    const answer = await visitor.post('/api/login', body);
    expect(answer).toMatchObject({ status: 400, code: 'console-malformed' });
  });

  it('that is not understood is not quoted', async () => {
    for (const body of [
      'quoted',
      { quoted: 1 },
      { challenge: { quoted: 1 }, assertion: ['quoted'] },
      '{"challenge": quoted',
    ]) {
      const answer = await visitor.post('/api/login', body);
      expect(answer.status).toBe(400);
      expect(answer.text).not.toContain('quoted');
    }
  });

  it('that is too large is refused before all of it is there', async () => {
    const head = `POST /api/login HTTP/1.1\r\nHost: castellan.localhost:8790\r\nOrigin: ${origin}\r\nContent-Type: application/json\r\n`;
    const chunk = `${(300_000).toString(16)}\r\n${'x'.repeat(300_000)}\r\n`;
    for (const rest of ['Content-Length: 300000\r\n\r\n{', `Transfer-Encoding: chunked\r\n\r\n${chunk}`]) {
      const socket = connect(scripted.console.port, '127.0.0.1');
      socket.on('error', () => socket.destroy());
      let answer = '';
      socket.on('data', (data: Buffer) => {
        answer += data.toString('latin1');
      });
      socket.write(head + rest);
      // Within a fraction of the time that a body may take.
      await expect.poll(() => answer, { timeout: 10_000 }).toMatch(/^HTTP\/1\.1 413 /);
      socket.destroy();
    }
  });

  it('for what is not there is told so', async () => {
    for (const path of ['/api', '/api/', '/api/nothing', '/api/overview/more', '/api/sets/x', '/api/sets/set_short']) {
      const answer = await visitor.get(path);
      expect([path, answer.status >= 400, answer.code]).toEqual([path, true, expect.stringMatching(/^console-/)]);
    }
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])('by the method %s is refused', async (method) => {
    expect(await visitor.get('/api/overview', { method })).toMatchObject({ status: 405, code: 'console-method' });
    expect(await visitor.get('/', { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  it('by the wrong method is told the right one', async () => {
    expect(await visitor.get('/api/login')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(await visitor.post('/api/overview', {})).toMatchObject({ status: 405, headers: { allow: 'GET' } });
    expect(await visitor.post('/', {})).toMatchObject({ status: 405 });
  });

  it('gets the same headers whatever becomes of it, and is never kept', async () => {
    const answers = [
      await hello({}),
      await hello({ method: 'HEAD' }),
      await hello({ headers: { host: 'evil.example' } }),
      await visitor.get('/api/overview'),
      await visitor.get('/api/nothing'),
      await visitor.get('/'),
      await visitor.post('/api/login', '{'),
      await visitor.get('/', { method: 'PUT' }),
    ];
    for (const { headers } of answers) {
      expect(headers).toMatchObject({ ...everyResponse, 'cache-control': 'no-store' });
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(headers['set-cookie']).toBeUndefined();
    }
    const policy = everyResponse['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'; require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });
});

describe('the console’s patience', () => {
  it.each([
    ['head', 'GET /api/hello HTTP/1.1\r\nHost: castellan.localhost:8790\r\nX-Slow:'],
    [
      'body',
      `POST /api/login HTTP/1.1\r\nHost: castellan.localhost:8790\r\nOrigin: ${origin}\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{`,
    ],
  ])('ends with whoever does not finish the %s of their request', async (_, text) => {
    const patience = { headMs: 200, wholeMs: 400 };
    await using quick = await startScriptedConsole({
      port: 0,
      origin,
      assets: '/nowhere',
      empty: true,
      overrides: { patience },
    });
    const socket = connect(quick.console.port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    socket.write(text);
    socket.resume();
    await once(socket, 'close');
    expect((await visit(quick.console.port).get('/api/hello')).status).toBe(200);
  });

  it('ends with a head that is too long', async () => {
    expect(await raw(`GET / HTTP/1.1\r\nHost: castellan.localhost:8790\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  });

  it('ends with more connections than it serves at once', async () => {
    const sockets = Array.from({ length: 140 }, () => connect(scripted.console.port, '127.0.0.1'));
    for (const socket of sockets) socket.on('error', () => socket.destroy());
    await expect.poll(() => sockets.filter(({ destroyed, closed }) => destroyed || closed).length).toBeGreaterThan(8);
    expect(sockets.filter(({ closed }) => !closed).length).toBeGreaterThan(100);
    for (const socket of sockets) socket.destroy();
    await expect
      .poll(() =>
        hello({}).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });

  it('is on loopback alone', async () => {
    const socket = connect(scripted.console.port, '127.0.0.2');
    const outcome = await Promise.race([
      once(socket, 'error').then(() => 'refused'),
      once(socket, 'connect').then(() => 'taken'),
    ]);
    socket.destroy();
    expect(outcome).toBe('refused');
  });

  it('says when its port is taken', async () => {
    const { port } = scripted.console;
    const again = startScriptedConsole({ port, origin, assets: '/nowhere', empty: true });
    await expect(again).rejects.toMatchObject({ code: 'console-not-listening' });
  });
});
