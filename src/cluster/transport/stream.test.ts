import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { CastellanError } from '../../kit/index.ts';
import { listen, transportTo } from './loopback.fixture.ts';
import type { ResourceTarget } from './target.ts';
import type { Transport } from './transport.ts';

const pods: ResourceTarget = { kind: 'resource', group: '', version: 'v1', resource: 'pods' };
const pod: ResourceTarget = { ...pods, namespace: 'web', name: 'server-0' };
const token = randomBytes(24).toString('base64url');
const unstopped = new AbortController().signal;

/** The two things that are streamed. */
const streams: Readonly<Record<string, (transport: Transport, signal?: AbortSignal) => AsyncIterable<Uint8Array>>> = {
  log: (transport, signal = unstopped) => transport.log(pod, { container: 'server' }, signal),
  watch: (transport, signal = unstopped) => transport.watch(pods, { timeoutSeconds: 1 }, signal),
};

async function failureOf(stream: AsyncIterable<Uint8Array>): Promise<CastellanError> {
  try {
    for await (const _chunk of stream);
  } catch (error) {
    if (error instanceof CastellanError) return error;
    throw error;
  }
  throw new Error('it succeeded');
}

/** Sends a chunk every 20 ms for as long as somebody listens; resolves `gone` when nobody does. */
function trickle(): { readonly answer: RequestListener; readonly gone: Promise<void> } {
  const gone = Promise.withResolvers<void>();
  return {
    gone: gone.promise,
    answer: (_request, response) => {
      response.write('begins\n');
      const timer = setInterval(() => response.write('goes on\n'), 20);
      response.on('close', () => {
        clearInterval(timer);
        gone.resolve();
      });
    },
  };
}

describe.each(Object.entries(streams))('a streamed %s', (name, open) => {
  it.each([301, 302, 303, 307, 308])('does not follow a %i, so the token stays at home', async (status) => {
    await using elsewhere = await listen((_request, response) => response.end('stolen'));
    await using server = await listen((_request, response) => {
      response.writeHead(status, { location: `${elsewhere.url}/api/v1/pods` });
      response.end();
    });
    await using transport = transportTo(server.url, token);
    expect((await failureOf(open(transport))).code).toBe('cluster-redirected');
    expect(elsewhere.seen).toEqual([]);
  });

  it('neither asks for another protocol nor takes one', async () => {
    const heard: string[] = [];
    const server = createServer((socket) => {
      socket.on('data', (bytes) => heard.push(bytes.toString('latin1')));
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nhello');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    {
      await using transport = transportTo(url, token, { deadlineMs: 2_000 });
      expect((await failureOf(open(transport))).code).toBe('cluster-unreachable');
    }
    expect(heard.join('')).not.toMatch(/^(?:upgrade|connection: *upgrade|sec-websocket)/im);
    server.close();
  });

  it('is asked for by GET alone, with what the call says and nothing else', async () => {
    await using server = await listen((_request, response) => response.end('line\n'));
    await using transport = transportTo(server.url, token);
    for await (const _chunk of open(transport));
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      name === 'log'
        ? 'GET /api/v1/namespaces/web/pods/server-0/log?container=server&timestamps=true'
        : 'GET /api/v1/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=1',
    ]);
  });

  it.each([
    [400, 'cluster-request-rejected'],
    [401, 'cluster-unauthorized'],
    [403, 'cluster-forbidden'],
    [404, 'cluster-not-found'],
    [410, 'cluster-list-expired'],
    [429, 'cluster-throttled'],
    [503, 'cluster-failing'],
  ])('turns %i into %s', async (status, code) => {
    await using server = await listen((_request, response) => {
      response.writeHead(status);
      response.end(JSON.stringify({ kind: 'Status', message: `token ${token}` }));
    });
    await using transport = transportTo(server.url, token);
    const failure = await failureOf(open(transport));
    expect(failure.code).toBe(code);
    expect(failure.message + failure.next).not.toContain(token);
  });

  it('does not read an endless refusal to its end', async () => {
    await using server = await listen((_request, response) => {
      response.writeHead(500);
      const chunk = 'x'.repeat(64 * 1024);
      const more = (): void => {
        while (response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    await using transport = transportTo(server.url, token, { ceilingBytes: 1_000_000 });
    expect((await failureOf(open(transport))).code).toBe('cluster-answer-too-large');
  });

  it('ends at the deadline, however slowly the answer trickles in', async () => {
    const { answer, gone } = trickle();
    await using server = await listen(answer);
    await using transport = transportTo(server.url, token, { deadlineMs: 300 });
    const started = performance.now();
    expect((await failureOf(open(transport))).code).toBe('cluster-deadline');
    // A watch has the server's own time besides.
    expect(performance.now() - started).toBeLessThan(name === 'log' ? 1_200 : 2_500);
    await gone;
  });

  it('closes its connection when the caller aborts in the middle, for the caller’s reason', async () => {
    const { answer, gone } = trickle();
    await using server = await listen(answer);
    await using transport = transportTo(server.url, token);
    const caller = new AbortController();
    const reading = (async () => {
      for await (const _chunk of open(transport, caller.signal)) caller.abort(new Error('the caller left'));
    })();
    await expect(reading).rejects.toThrow('the caller left');
    await gone;
  });

  it('closes its connection when the caller leaves the loop', async () => {
    const { answer, gone } = trickle();
    await using server = await listen(answer);
    await using transport = transportTo(server.url, token);
    for await (const _chunk of open(transport)) break;
    await gone;
  });

  it('sends nothing for a target that is none', async () => {
    await using server = await listen((_request, response) => response.end('line\n'));
    await using transport = transportTo(server.url, token);
    for (const name of ['../secrets', 'a/b', 'a%2fb', 'a?b', 'a\nb', '']) {
      const call = async (): Promise<void> => {
        for await (const _chunk of transport.log({ ...pod, name }, { container: 'c' }, unstopped));
      };
      await expect(call()).rejects.toMatchObject({ code: 'cluster-request-refused' });
    }
    const secrets = async (): Promise<void> => {
      for await (const _chunk of transport.watch({ ...pods, resource: 'secrets' }, { timeoutSeconds: 1 }, unstopped));
    };
    await expect(secrets()).rejects.toMatchObject({ code: 'cluster-secret-refused' });
    expect(server.seen).toEqual([]);
  });
});

describe('what is streamed', () => {
  it('cannot leave its place by the name of a container', async () => {
    await using server = await listen((_request, response) => response.end('line\n'));
    await using transport = transportTo(server.url, token);
    for await (const _chunk of transport.log(pod, { container: '../../secrets?follow=true&x=#' }, unstopped));
    expect(server.seen[0]?.url).toBe(
      '/api/v1/namespaces/web/pods/server-0/log?container=..%2F..%2Fsecrets%3Ffollow%3Dtrue%26x%3D%23&timestamps=true',
    );
  });

  it('does not keep reads waiting: with every watch connection taken they still answer', async () => {
    await using server = await listen((request, response) => {
      if (request.url?.includes('watch=true') === true) response.write('begins\n');
      else response.end('{"items":[]}');
    });
    await using transport = transportTo(server.url, token);
    const caller = new AbortController();
    const watches = Array.from({ length: 60 }, () =>
      transport.watch(pods, { timeoutSeconds: 60 }, caller.signal)[Symbol.asyncIterator](),
    );
    // Those beyond the pool's size wait for their turn, which never comes.
    const begun = watches.map((watch) => watch.next());
    await Promise.all(begun.slice(0, 16));
    await Promise.all(Array.from({ length: 8 }, () => transport.read(pods, { signal: AbortSignal.timeout(5_000) })));
    expect(server.sockets.size).toBeLessThan(40);
    const ended = Promise.allSettled([...begun, ...watches.map((watch) => watch.next())]);
    caller.abort(new Error('over'));
    await ended;
  });
});
