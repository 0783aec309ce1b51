import { expect, test } from 'vitest';
import { openProbes } from './open.ts';
import type { Probes } from './port.ts';
import { certificateFor, serveDns, serveHttp, serveHttps, serveTcp } from './servers.fixture.ts';

const never = new AbortController().signal;

function probes(dnsServers: readonly string[] = [], addresses: readonly string[] = ['127.0.0.1']): Probes {
  return openProbes({
    allow: ['photos.example.net:*', '127.0.0.0/8:*'],
    dnsServers,
    deadlineMs: 5_000,
    lookup: async () => addresses,
  });
}

test.each([
  [200, {}, 'hello', { works: 'yes', pretends: undefined }],
  [404, {}, 'none', { works: 'yes', pretends: undefined }],
  [503, {}, 'none', { works: 'no', pretends: undefined }],
  [200, { 'content-type': 'text/html' }, '<title>502 Bad Gateway</title>', { works: 'no', pretends: 'an error page' }],
  [
    200,
    { 'content-type': 'text/html' },
    '<title>Making sure you&#39;re not a bot!</title>',
    { works: 'unknown', pretends: 'a bot wall' },
  ],
  [
    200,
    { 'content-type': 'text/html; charset=utf-8' },
    '<form><input name="p" type="password">',
    { works: 'yes', pretends: 'a login page' },
  ],
  [
    302,
    { location: 'https://id.example.net/oauth2/authorize?x=1' },
    '',
    { works: 'unknown', pretends: 'a login at another host' },
  ],
  [302, { location: '/albums' }, '', { works: 'yes', pretends: undefined }],
])('an answer of %i with %j and %j is told as what it is', async (status, headers, body, expected) => {
  const port = await serveHttp((_, response) =>
    response.writeHead(status, { server: 'example/1', ...headers }).end(body),
  );
  expect(await probes().http(`http://photos.example.net:${port}/`, never)).toMatchObject({
    status,
    server: 'example/1',
    ...expected,
  });
});

test('where nothing listens it does not work, and where nothing can be asked nobody knows', async () => {
  const port = await serveTcp((socket) => socket.destroy());
  expect(await probes().http(`http://127.0.0.1:${port}/`, never)).toMatchObject({ works: 'no' });
  expect(await probes().tls(`127.0.0.1:${port}`, never)).toMatchObject({ works: 'no' });
  expect(await probes().http('http://127.0.0.1:1/', never)).toMatchObject({
    works: 'no',
    problem: 'nothing listens there',
  });
  expect(await probes([], []).http('http://photos.example.net/', never)).toMatchObject({ works: 'unknown' });
});

test('a certificate that nobody trusts is told, and one for another name or out of date does not work', async () => {
  const day = 86_400_000;
  const good = await serveHttps((_, response) => response.end('x'), await certificateFor('photos.example.net', 30));
  const told = await probes().tls(`photos.example.net:${good}`, never);
  expect(told).toMatchObject({ works: 'yes', issuer: 'Example Home, probe test', names: ['photos.example.net'] });
  expect(told.problem).toContain('not trusted here (it is self-signed)');
  expect(Math.abs((told.notAfter?.getTime() ?? 0) - Date.now() - 30 * day)).toBeLessThan(day);
  expect(await probes().http(`https://photos.example.net:${good}/`, never)).toMatchObject({
    works: 'yes',
    problem: expect.stringContaining('self-signed'),
  });

  const other = await serveHttps((_, response) => response.end('x'), await certificateFor('mail.example.net', 30));
  expect(await probes().tls(`photos.example.net:${other}`, never)).toMatchObject({
    works: 'no',
    problem: expect.stringContaining('is not for photos.example.net'),
  });
  const over = await serveHttps((_, response) => response.end('x'), await certificateFor('photos.example.net', -1));
  expect(await probes().tls(`photos.example.net:${over}`, never)).toMatchObject({
    works: 'no',
    problem: expect.stringContaining('expired at'),
  });
});

test('what does not speak TLS does not work', async () => {
  const port = await serveTcp((socket) => socket.end('SSH-2.0-example\r\n'));
  expect(await probes().tls(`127.0.0.1:${port}`, never)).toMatchObject({ works: 'no', notAfter: undefined });
});

test('every name server is asked, and those that differ are told', async () => {
  const [one, two, none] = [
    await serveDns({ 'photos.example.net': ['127.0.0.1'] }),
    await serveDns({ 'photos.example.net': ['192.0.2.7'] }),
    await serveDns({}),
  ];
  expect(await probes([one.server]).dns('photos.example.net.', never)).toEqual({
    name: 'photos.example.net',
    works: 'yes',
    addresses: ['127.0.0.1'],
    aliases: [],
    answers: [{ server: one.server, addresses: ['127.0.0.1'], problem: undefined }],
    problem: undefined,
  });
  expect(await probes([one.server, two.server]).dns('photos.example.net', never)).toMatchObject({
    works: 'yes',
    problem: `${two.server} says 192.0.2.7, this host takes 127.0.0.1`,
  });
  expect(await probes([none.server]).dns('photos.example.net', never)).toMatchObject({
    works: 'no',
    problem: `${none.server}: there is no such name`,
  });
  expect(new Set(two.asked)).toEqual(new Set(['photos.example.net']));
});

test('a name server that is not there leaves open what it would say', async () => {
  const told = await probes(['127.0.0.1:1'], ['192.0.2.7']).dns('photos.example.net', never);
  expect(told).toMatchObject({ works: 'yes', answers: [{ addresses: [], problem: expect.any(String) }] });
  expect(told.problem).toContain('127.0.0.1:1: ');
});

test('says beforehand what may be asked', () => {
  const some = openProbes({
    allow: ['photos.example.net', 'nas.example.net:8443', '192.0.2.0/24'],
    dnsServers: [],
    deadlineMs: 1_000,
  });
  const refused = (text: string): boolean => some.refusalOf(text) !== undefined;
  expect(
    [
      'https://photos.example.net/x',
      'photos.example.net',
      'nas.example.net',
      'nas.example.net:8443',
      '192.0.2.9',
      'http://192.0.2.9/',
    ].filter(refused),
  ).toEqual([]);
  expect(
    ['https://nas.example.net/', 'photos.example.net:22', '192.0.3.9', 'mail.example.net', '192.0.2.9:22'].filter(
      (text) => !refused(text),
    ),
  ).toEqual([]);
});
