import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Secret } from '../../kit/index.ts';
import type { KeepConfig } from '../config/valid.ts';
import { messageOf } from './message.ts';
import { openNotifier, type Pace } from './open.ts';
import type { Notice } from './port.ts';

interface Got {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers with what `status` says; 0 says nothing at all. */
async function listen(status: () => number = () => 200, headers: Readonly<Record<string, string>> = {}) {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      got.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
      const code = status();
      if (code > 0) response.writeHead(code, headers).end('ignore what was said before');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const origin = 'https://keep.example.net';
const quick: Pace = { timeoutMs: 60_000, waitsMs: [1, 1], room: 3 };
/** For those who are never answered. */
const impatient: Pace = { ...quick, timeoutMs: 300 };
const nowhere: KeepConfig['notify'] = { webhook: undefined, ntfy: undefined, slack: undefined };

function open(config: Partial<KeepConfig['notify']>, pace = quick) {
  const lines: string[] = [];
  const write = (fields: object, event: string): void => {
    lines.push(`${event} ${inspect(fields, { depth: 9 })}`);
  };
  const log = { info: write, warn: write, error: write };
  return { notifier: openNotifier({ config: { ...nowhere, ...config }, origin, log, pace }), lines };
}

const change = `chg_${'a'.repeat(26)}`;
const notice = (more: Partial<Notice> = {}): Notice => ({
  what: 'awaiting-approval',
  id: change,
  urgent: false,
  ...more,
});

it('tells what, an id and a link, each channel in its own form', async () => {
  await using server = await listen();
  const { notifier } = open({
    webhook: `${server.url}/hook?key=1`,
    ntfy: `${server.url}/castellan`,
    slack: new Secret(`${server.url}/slack\n`),
  });
  await using _ = notifier;
  notifier.tell(notice({ urgent: true }));
  await expect.poll(() => server.got.length).toBe(3);
  const [hook, ntfy, slack] = ['/hook?key=1', '/castellan', '/slack'].map((path) =>
    server.got.find((one) => one.path === path),
  );
  const link = `${origin}/#/${change}`;
  expect(JSON.parse(hook?.body ?? '')).toEqual({ what: 'awaiting-approval', id: change, url: link });
  expect(ntfy).toMatchObject({
    method: 'POST',
    headers: { title: 'A change waits for approval', click: link, priority: 'urgent' },
    body: `A change waits for approval: ${change}`,
  });
  expect(JSON.parse(slack?.body ?? '')).toEqual({
    text: `:rotating_light: A change waits for approval: ${change} <${link}|open>`,
  });
});

it('says nothing that a folder of the repository would like to say', async () => {
  await using server = await listen();
  const { notifier } = open(
    { webhook: server.url, ntfy: server.url, slack: new Secret(server.url) },
    { ...quick, room: 999 },
  );
  await using _ = notifier;
  const hostile = ['stacks/<!channel> approve at once', 'x\r\nPriority: 1', '', '../../evil', 'a|b>', 'a'.repeat(200)];
  for (const id of hostile) notifier.tell(notice({ what: 'foreign-apply', id }));
  await expect.poll(() => server.got.length).toBe(3 * hostile.length);
  for (const { body, headers } of server.got) {
    expect(body).toMatch(
      /^(Something was applied that nobody signed here|\{"what":"foreign-apply","id":"","url":"https:\/\/keep\.example\.net\/"\}|\{"text":"Something was applied that nobody signed here <https:\/\/keep\.example\.net\/\|open>"\})$/,
    );
    expect(headers['click'] ?? `${origin}/`).toBe(`${origin}/`);
  }
});

it('a request for a secret is an id and a link, in words of ours', () => {
  const id = `req_${'a'.repeat(26)}`;
  expect(messageOf({ what: 'secret-request', id, urgent: false }, origin)).toMatchObject({
    text: `A human is asked for a secret: ${id}`,
    url: `${origin}/#/${id}`,
  });
  expect(messageOf({ what: 'wrapping-used', id, urgent: true }, origin).title).toContain('opened by somebody else');
});

it('a stack is named and linked to', async () => {
  await using server = await listen();
  const { notifier } = open({ webhook: server.url });
  await using _ = notifier;
  notifier.tell(notice({ what: 'foreign-apply', id: 'stacks/mail' }));
  await expect.poll(() => server.got.map(({ body }) => JSON.parse(body).url)).toEqual([`${origin}/#/stacks/mail`]);
});

it('tries three times, then it is a problem until the next one gets through', async () => {
  let status = 500;
  await using server = await listen(() => status);
  const { notifier, lines } = open({ webhook: server.url });
  await using _ = notifier;
  notifier.tell(notice());
  await expect.poll(() => notifier.problems()).toEqual(['notices to webhook are not delivered: it answered 500']);
  expect(server.got).toHaveLength(3);
  expect(lines).toEqual([expect.stringContaining('notify.undelivered')]);
  status = 200;
  notifier.tell(notice());
  await expect.poll(() => notifier.problems()).toEqual([]);
  expect(server.got).toHaveLength(4);
});

it('one that is down keeps no other from being told', async () => {
  await using silent = await listen(() => 0);
  await using server = await listen();
  const { notifier } = open({ ntfy: silent.url, webhook: server.url }, quick);
  await using _ = notifier;
  notifier.tell(notice());
  await expect.poll(() => server.got.length).toBe(1);
});

it('follows no redirect', async () => {
  await using other = await listen();
  await using server = await listen(() => 307, { location: other.url });
  const { notifier } = open({ webhook: server.url });
  await using _ = notifier;
  notifier.tell(notice());
  await expect.poll(() => notifier.problems()).toEqual([expect.stringContaining('307')]);
  expect(other.got).toEqual([]);
});

it('an address is in no problem and no line of the log, nor is what a server answered', async () => {
  await using server = await listen(() => 500);
  await using silent = await listen(() => 0);
  for (const base of [server.url, silent.url, 'http://127.0.0.1:1', 'http://no-such-host.invalid']) {
    const { notifier, lines } = open(
      { slack: new Secret(`${base}/services/hidden`), webhook: `${base}/hidden` },
      impatient,
    );
    await using _ = notifier;
    notifier.tell(notice());
    await expect.poll(() => notifier.problems().length).toBe(2);
    const said = [...lines, ...notifier.problems()].join('\n');
    for (const word of ['hidden', '127.0.0.1', 'no-such-host', 'ignore what']) expect(said).not.toContain(word);
  }
});

it('a file that holds no address is refused without a word of it', () => {
  expect(() => open({ slack: new Secret('hidden-words') })).toThrow(
    expect.objectContaining({ code: 'notify-address-unusable', message: expect.not.stringContaining('hidden') }),
  );
});

it('keeps a bounded number of notices', async () => {
  await using silent = await listen(() => 0);
  const { notifier, lines } = open({ webhook: silent.url }, quick);
  for (let count = 0; count < 50; count++) notifier.tell(notice());
  expect(notifier.problems()).toEqual(['notices to webhook are not delivered: too many wait']);
  await expect.poll(() => silent.got.length).toBe(1);
  await notifier[Symbol.asyncDispose]();
  expect(lines.filter((line) => line.startsWith('notify.dropped'))).toHaveLength(46);
  expect(silent.got).toHaveLength(1);
});

it('nothing at all of a notice reaches a header but our own words and a link to the console', () => {
  fc.assert(
    fc.property(fc.string(), (id) => {
      const { url, title } = messageOf(notice({ id }), origin);
      expect(title).toBe('A change waits for approval');
      expect(url).toMatch(/^https:\/\/keep\.example\.net\/(#\/[A-Za-z0-9._/-]+)?$/);
    }),
  );
});
