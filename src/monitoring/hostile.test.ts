import { writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../redaction/index.ts';
import { connectAlertmanager } from './alertmanager.ts';
import { connectLoki } from './loki.ts';
import { matchHere } from './match-here.fixture.ts';
import { connectPrometheus } from './prometheus.ts';
import { type Answer, json, openScripted, success } from './scripted-server.fixture.ts';
import { Sender, type SenderOptions } from './sender.ts';

const redactor = createRedactor();
const signal = () => AbortSignal.timeout(20_000);
const words = 'the words of a server, label="hunter2-Zq8xV"';

const questions: readonly [string, (url: string) => Promise<unknown>][] = [
  [
    'Prometheus',
    async (url) => {
      await using metrics = await connectPrometheus({ url }, { redactor });
      return await metrics.instant('up', new Date(), signal());
    },
  ],
  [
    'Alertmanager',
    async (url) => {
      await using alerts = await connectAlertmanager({ url }, { redactor });
      return await alerts.current(signal());
    },
  ],
  [
    'Loki',
    async (url) => {
      const labels = { namespace: 'namespace', pod: 'pod', container: 'container' };
      await using logs = await connectLoki({ url, labels }, { redactor, match: matchHere });
      const window = { from: new Date(0), to: new Date(1_000), limit: 10 };
      return await logs.ofPods({ namespace: 'web', pods: ['web-0'], ...window }, signal());
    },
  ],
];

const endless: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const more = (): void => {
    while (!response.destroyed && response.write(' '.repeat(65_536)));
  };
  response.on('drain', more);
  more();
};

const answers: readonly [string, Answer, string][] = [
  ['a page', (response) => response.end(`<html>${words}</html>`), 'monitoring-reply-invalid'],
  ['nothing', (response) => response.end(), 'monitoring-reply-invalid'],
  ['half an answer', (response) => response.end('{"status":"success","data":'), 'monitoring-reply-invalid'],
  [
    'another shape',
    (response) => json(response, { status: 'success', data: { result: words } }),
    'monitoring-reply-invalid',
  ],
  ['null', (response) => json(response, null), 'monitoring-reply-invalid'],
  [
    'a bomb',
    (response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(64 * 1024 * 1024)));
    },
    'monitoring-reply-invalid',
  ],
  ['no end', endless, 'query-too-wide'],
  [
    'a way elsewhere',
    (response) => response.writeHead(302, { location: 'http://evil.example.net/' }).end(),
    'monitoring-redirected',
  ],
  ['a way to itself', (response) => response.writeHead(307, { location: '/again' }).end(), 'monitoring-redirected'],
  ['a closed door', (response) => json(response, { status: 'error', error: words }, 401), 'monitoring-forbidden'],
  ['403', (response) => response.writeHead(403).end(words), 'monitoring-forbidden'],
  ['404', (response) => response.writeHead(404).end(words), 'monitoring-reply-invalid'],
  ['429', (response) => response.writeHead(429).end(words), 'monitoring-limited'],
  ['500', (response) => response.writeHead(500).end(words), 'monitoring-failing'],
  [
    '503',
    (response) => json(response, { status: 'error', errorType: 'unavailable', error: words }, 503),
    'monitoring-failing',
  ],
  [
    'that it took too long',
    (response) => json(response, { status: 'error', errorType: 'timeout', error: words }, 503),
    'query-too-wide',
  ],
  [
    'an end in the middle',
    (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"status"');
      setImmediate(() => response.destroy());
    },
    'monitoring-unreachable',
  ],
];

describe.each(questions)('%s', (_, ask) => {
  it.each(answers)('that answers with %s is told as what it is, and none of its words', async (_name, answer, code) => {
    await using server = await openScripted(answer);
    const refused = await ask(server.url).then(
      (told) => ({ code: `answered ${JSON.stringify(told)}` }),
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ code, message: expect.not.stringContaining('words') });
    expect(refused).not.toHaveProperty('cause');
    expect(server.asked.every(({ method, path }) => method === 'GET' && path !== '/again')).toBe(true);
  });

  it('that is not there is unreachable, never empty', async () => {
    const { url } = await (async () => {
      await using server = await openScripted(() => undefined);
      return { url: server.url };
    })();
    await expect(ask(url)).rejects.toMatchObject({ code: 'monitoring-unreachable' });
  });
});

describe('a question', () => {
  const open = (more: Partial<SenderOptions> & { readonly url: string }) => Sender.open({ name: 'loki', ...more });

  it('waits no longer than it may: for an answer, or for the rest of one', async () => {
    for (const answer of [
      () => undefined,
      ((response) => {
        response.writeHead(200);
        response.write('{');
      }) satisfies Answer,
    ]) {
      await using server = await openScripted(answer);
      await using sender = await open({ url: server.url, deadlineMs: 100 });
      await expect(sender.get(['ready'], {}, signal())).rejects.toMatchObject({ code: 'monitoring-deadline' });
    }
  });

  it('is not answered by what is compressed, which nobody asked for', async () => {
    await using server = await openScripted((response) => {
      response.writeHead(200, { 'content-encoding': 'br' });
      response.end('{}');
    });
    await using sender = await open({ url: server.url });
    await expect(sender.get(['ready'], {}, signal())).rejects.toThrow('compressed its answer');
  });

  it('ends when its caller gives up, with the caller’s reason', async () => {
    await using server = await openScripted(() => undefined);
    await using sender = await open({ url: server.url });
    const given = new AbortController();
    const asked = sender.get(['ready'], {}, given.signal);
    given.abort(new Error('no longer wanted'));
    await expect(asked).rejects.toThrow('no longer wanted');
  });

  it('is a GET below the address, uncompressed, with tenant and token and nothing else', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'castellan-'));
    const tokenFile = join(folder.path, 'token');
    writeFileSync(tokenFile, 'first-token\n', { mode: 0o600 });
    await using server = await openScripted((response) => json(response, success([])));
    await using sender = await open({ url: `${server.url}/loki-read/`, tenant: 'home', tokenFile });
    await sender.get(['label', '../../admin', 'values'], { 'a&b': 'c=d' }, signal());
    writeFileSync(tokenFile, 'second-token\n', { mode: 0o600 });
    await sender.get(['ready'], {}, signal());
    const [first, second] = server.asked;
    expect(first?.headers).toMatchObject({
      authorization: 'Bearer first-token',
      'x-scope-orgid': 'home',
      'accept-encoding': 'identity',
    });
    expect(first?.path).toBe('/loki-read/label/..%2F..%2Fadmin/values');
    expect(first?.parameters.get('a&b')).toBe('c=d');
    expect(second?.headers['authorization']).toBe('Bearer second-token');
    writeFileSync(tokenFile, 'two\nlines', { mode: 0o600 });
    await expect(sender.get(['ready'], {}, signal())).rejects.toMatchObject({ code: 'monitoring-config-invalid' });
  });

  it.each([
    ['ftp://loki.example.net', {}],
    ['http://mira:secret@loki.example.net', {}],
    ['http://loki.example.net/?a=b', {}],
    ['http://loki.example.net/#a', {}],
    ['loki.example.net', {}],
    ['http://loki.example.net', { tokenFile: '/run/token' }],
    ['http://loki.example.net', { caFile: '/nonexistent/ca.pem' }],
    ['http://loki.example.net', { tenant: 'a\r\nx: y' }],
  ])('is not asked of %s with %j', async (url, more) => {
    await expect(open({ url, ...more })).rejects.toMatchObject({ code: 'monitoring-config-invalid' });
  });

  it.each([
    ['http://loki.monitoring.svc:3100', {}],
    ['https://metrics.example.net/prometheus', { tokenFile: '/run/token' }],
    ['http://loki.monitoring.svc', { tokenFile: '/run/token', plainHttp: true }],
  ])('may be asked of %s with %j', async (url, more) => {
    await using sender = await open({ url, ...more });
    expect(sender.name).toBe('loki');
  });
});
