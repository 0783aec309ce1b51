import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainAddress, standingOf } from './address.ts';
import { openProbes, type ProbeOptions } from './open.ts';
import type { Probes } from './port.ts';
import type { Lookup } from './resolve.ts';
import { serveHttp, serveTcp } from './servers.fixture.ts';

const never = new AbortController().signal;

function probes(allow: readonly string[], more: Partial<ProbeOptions> = {}): Probes {
  return openProbes({ allow, dnsServers: [], deadlineMs: 5_000, ...more });
}

const to =
  (...addresses: string[]): Lookup =>
  async () =>
    addresses;

/** A server that must not be reached, and how often it was. */
async function trap(): Promise<{ port: number; readonly hits: number }> {
  let hits = 0;
  const port = await serveHttp((_, response) => {
    hits += 1;
    response.end('reached');
  });
  return {
    port,
    get hits() {
      return hits;
    },
  };
}

test.each([
  ['this host', '127.0.0.1'],
  ['this host by another number', '127.9.8.7'],
  ['this host in IPv6', '::1'],
  ['this host in IPv6 clothes', '::ffff:127.0.0.1'],
  ['this host in hexadecimal clothes', '::ffff:7f00:1'],
  ['this host behind NAT64', '64:ff9b::7f00:1'],
  ['this host in 6to4', '2002:7f00:1::'],
  ['any address of this host', '0.0.0.0'],
  ['the metadata of a cloud', '169.254.169.254'],
  ['the metadata of a cloud in clothes', '::ffff:a9fe:a9fe'],
  ['the metadata of another cloud', 'fd00:ec2::254'],
  ['a link', 'fe80::1'],
  ['everybody', '224.0.0.1'],
  ['a private address that is in no range', '10.1.2.3'],
  ['a private IPv6 address that is in no range', 'fd12:3456::1'],
  ['no address at all', 'localhost'],
])('a name that is allowed does not lead to %s', async (_, address) => {
  const server = await trap();
  const some = probes(
    ['photos.example.net:*', '0.0.0.0/0:*', '192.168.0.0/16:*'].filter(
      (one) => address !== '10.1.2.3' || !one.startsWith('0.'),
    ),
    {
      lookup: to(address),
    },
  );
  const url = `http://photos.example.net:${server.port}/`;
  expect(await some.http(url, never)).toMatchObject({
    works: 'unknown',
    status: undefined,
    problem: expect.stringMatching(/^not asked: /),
  });
  expect(await some.tls(`photos.example.net:${server.port}`, never)).toMatchObject({
    works: 'unknown',
    problem: expect.stringMatching(/^not asked: /),
  });
  expect(server.hits).toBe(0);
});

test('a range that names this host lets a name lead there, and a wider one does not', async () => {
  const server = await trap();
  const url = `http://photos.example.net:${server.port}/`;
  const ask = (range: string) => probes(['photos.example.net:*', range], { lookup: to('127.0.0.1') }).http(url, never);
  expect(await ask('127.0.0.0/8')).toMatchObject({ works: 'yes', status: 200 });
  expect(await ask('126.0.0.0/7')).toMatchObject({ works: 'unknown', status: undefined });
  expect(await ask('0.0.0.0/0')).toMatchObject({ works: 'unknown', status: undefined });
  expect(server.hits).toBe(1);
});

test('a name that changes its address between two questions is asked once, and connected to at that address', async () => {
  const server = await trap();
  let questions = 0;
  const lookup: Lookup = async () => {
    questions += 1;
    return questions === 1 ? ['127.0.0.1'] : ['169.254.169.254'];
  };
  const some = probes(['photos.example.net:*', '127.0.0.0/8'], { lookup });
  expect(await some.http(`http://photos.example.net:${server.port}/`, never)).toMatchObject({ status: 200 });
  expect(questions).toBe(1);
});

test.each([
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0177.0.0.1/',
  'http://0x7f.1/',
  'http://127.1/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[fe80::1%25eth0]/',
  'http://169.254.169.254/latest/meta-data/',
  'http://localhost/',
  'http://other.example.net/',
  'http://photos.example.net.evil.example/',
  'http://photos.example.net:22/',
  'http://robin@photos.example.net/',
  'http://robin:word@photos.example.net/',
  'http://@photos.example.net/',
  'http://photos.example.net@evil.example/',
  'http://photos.example.net\\@evil.example/',
  'http://photos.example.net/\r\nX-Injected: yes',
  'http://photos.example.net/a b',
  'http://photos.example.net\t/',
  'http://photos.example.net../',
  'http://photos.example.net/relay/0?turn=off',
  'http://photos.example.net/#part',
  'ftp://photos.example.net/',
  'file:///etc/passwd',
  'gopher://photos.example.net:70/_x',
  'javascript:alert(1)',
  'http:photos.example.net',
  'http:///photos.example.net',
  'http://phot%6Fs.example.net%2eevil.example/',
  'http://phоtos.example.net/',
  '',
  `http://photos.example.net/${'a'.repeat(600)}`,
])('is not asked: %s', async (url) => {
  const lookups: string[] = [];
  const lookup: Lookup = async (host) => {
    lookups.push(host);
    return ['198.51.100.1'];
  };
  const some = probes(['photos.example.net', '*.apps.example.net'], { lookup });
  expect(await some.http(url, never)).toMatchObject({
    works: 'unknown',
    status: undefined,
    problem: expect.stringMatching(/^not asked: /),
  });
  expect(some.refusalOf(url)).toBeDefined();
  // Even a question to a name server would tell somebody something.
  expect(lookups).toEqual([]);
});

test.each([
  'a.b.apps.example.net',
  'apps.example.net',
  'example.net',
  'xapps.example.net',
  'secret-word.evil.example',
  '127.0.0.1',
])('a star stands for one label, so nobody is asked about %s', async (name) => {
  const some = probes(['*.apps.example.net'], { lookup: async () => expect.unreachable() });
  expect(await some.dns(name, never)).toMatchObject({
    works: 'unknown',
    problem: expect.stringMatching(/^not asked: /),
  });
  expect(await some.tls(name, never)).toMatchObject({
    works: 'unknown',
    problem: expect.stringMatching(/^not asked: /),
  });
});

test('a final dot and capitals mean the same host, and are sent as that host', async () => {
  const heard: (string | undefined)[] = [];
  const port = await serveHttp((request, response) => {
    heard.push(request.headers.host);
    response.end();
  });
  const some = probes([`photos.example.net:${port}`, '127.0.0.1'], { lookup: to('127.0.0.1') });
  for (const host of ['PHOTOS.example.net', 'photos.example.net.']) {
    expect(await some.http(`http://${host}:${port}/`, never)).toMatchObject({ works: 'yes' });
  }
  expect(heard).toEqual([`photos.example.net:${port}`, `photos.example.net:${port}`]);
});

test('a redirect is told and not followed, without what its query holds', async () => {
  const server = await trap();
  const port = await serveHttp((_, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:${server.port}/next?token=hunter2` }).end();
  });
  const told = await probes(['127.0.0.1:*']).http(`http://127.0.0.1:${port}/`, never);
  expect(told).toMatchObject({ status: 302, location: `http://127.0.0.1:${server.port}/next` });
  expect(JSON.stringify(told)).not.toContain('hunter2');
  expect(server.hits).toBe(0);
});

test('sends nothing that says who asks, and nothing of the environment', async () => {
  let heads: unknown;
  const port = await serveHttp((request, response) => {
    heads = request.headers;
    response.end();
  });
  const proxy = await trap();
  const before = { ...process.env };
  Object.assign(process.env, {
    http_proxy: `http://127.0.0.1:${proxy.port}`,
    HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
  });
  try {
    await probes(['127.0.0.1:*']).http(`http://127.0.0.1:${port}/`, never);
  } finally {
    process.env = before;
  }
  expect(Object.keys(Object(heads)).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
  expect(proxy.hits).toBe(0);
});

test('an answer without an end is read as far as is needed, and no further', async () => {
  let sent = 0;
  const port = await serveHttp((_, response) => {
    const more = (): void => {
      sent += 65_536;
      if (!response.destroyed && sent < 500_000_000) response.write('x'.repeat(65_536), () => setImmediate(more));
    };
    more();
  });
  expect(await probes(['127.0.0.1:*']).http(`http://127.0.0.1:${port}/`, never)).toMatchObject({
    works: 'yes',
    status: 200,
  });
  expect(sent).toBeLessThan(50_000_000);
});

test.each([
  ['says nothing', () => undefined, { works: 'unknown', problem: 'it did not answer in time' }],
  ['never ends its head', 'HTTP/1.1 200 OK\r\nx: y\r\n', { problem: 'it did not answer in time' }],
  [
    'never ends its body',
    'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nab',
    { status: 200, problem: 'the answer did not end in time' },
  ],
])('a server that %s is left at the deadline', async (_, said, expected) => {
  const port = await serveTcp((socket) => {
    if (typeof said === 'string') socket.write(said);
  });
  const told = await probes(['127.0.0.1:*'], { deadlineMs: 300 }).http(`http://127.0.0.1:${port}/`, never);
  expect(told).toMatchObject(typeof said === 'string' ? expected : { problem: 'it did not answer in time' });
});

test.each([
  ['too large a head', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`],
  ['no HTTP', 'SSH-2.0-example\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
])('a server that gives %s does not work, and harms nobody', async (_, said) => {
  const port = await serveTcp((socket) => socket.end(said));
  expect(await probes(['127.0.0.1:*']).http(`http://127.0.0.1:${port}/`, never)).toMatchObject({
    works: 'no',
    status: undefined,
  });
});

test('a host that never ends its handshake is left at the deadline', async () => {
  const port = await serveTcp(() => undefined);
  expect(await probes(['127.0.0.1:*'], { deadlineMs: 300 }).tls(`127.0.0.1:${port}`, never)).toMatchObject({
    works: 'unknown',
    problem: 'it did not answer in time',
  });
});

test('a name server or lookup that never answers is left at the deadline', async () => {
  const some = probes(['photos.example.net'], { deadlineMs: 200, lookup: () => new Promise(() => undefined) });
  expect(await some.http('http://photos.example.net/', never)).toMatchObject({
    works: 'unknown',
    problem: 'its name was not looked up in time',
  });
  expect(await some.dns('photos.example.net', never)).toMatchObject({ works: 'unknown' });
});

test('ends with its caller', async () => {
  const port = await serveTcp(() => undefined);
  const caller = new AbortController();
  const asked = probes(['127.0.0.1:*']).http(`http://127.0.0.1:${port}/`, caller.signal);
  caller.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
});

test.each([
  '',
  '*',
  '*.*',
  'http://photos.example.net',
  'photos.example.net:0',
  'photos.example.net:70000',
  '192.0.2.0/33',
  'a b',
  '*photos.example.net',
  '[::1',
  '10.0.0.0/8/8',
  '-x.example.net',
])('an entry of another form is an error of whoever wrote it: %j', (entry) => {
  expect(() => probes([entry])).toThrow(expect.objectContaining({ code: 'probe-allow-invalid' }));
});

test('no IPv4 address passes for another thing in IPv6 clothes', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(plainAddress(`::ffff:${address}`)).toBe(address);
      expect(standingOf(plainAddress(`::ffff:${address}`) ?? '')).toEqual(standingOf(address));
      expect(standingOf(plainAddress(`::${address}`) ?? '')).toMatchObject({ is: 'guarded' });
    }),
  );
});

test('whatever is asked, nothing outside the list is looked up or connected to', async () => {
  const some = probes(['photos.example.net'], {
    lookup: async (host) => {
      expect(host).toBe('photos.example.net');
      return ['10.0.0.1'];
    },
  });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.webUrl(),
        fc.string(),
        fc.ipV6().map((ip) => `http://[${ip}]/`),
      ),
      async (text) => {
        expect(await some.http(text, never)).toMatchObject({ works: 'unknown' });
        expect(await some.tls(text, never)).toMatchObject({ works: 'unknown' });
        expect(await some.dns(text, never)).toMatchObject({ works: 'unknown' });
      },
    ),
    { numRuns: 200 },
  );
});
