import { randomBytes } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CastellanError } from '../../kit/index.ts';
import { listen, transportTo } from './loopback.fixture.ts';
import type { ResourceTarget } from './target.ts';
import type { Transport } from './transport.ts';

const pods: ResourceTarget = { kind: 'resource', group: '', version: 'v1', resource: 'pods' };
const token = randomBytes(24).toString('base64url');

async function failureOf(work: Promise<unknown>): Promise<CastellanError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CastellanError) return error;
    throw error;
  }
  throw new Error('it succeeded');
}

const read = (transport: Transport, signal = new AbortController().signal) => transport.read(pods, { signal });

describe('the transport', () => {
  it('sends GET with the credential and returns the JSON object', async () => {
    await using server = await listen((_request, response) => response.end('{"kind":"PodList","items":[]}'));
    await using transport = transportTo(server.url, token);
    const query = { labelSelector: 'app=a b&watch=true', limit: 5 };
    await expect(transport.read(pods, { signal: new AbortController().signal, query })).resolves.toMatchObject({
      kind: 'PodList',
    });
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({
      method: 'GET',
      url: '/api/v1/pods?labelSelector=app%3Da+b%26watch%3Dtrue&limit=5',
      headers: { authorization: `Bearer ${token}` },
    });
  });

  it('has no way to name another parameter of a read', async () => {
    await using server = await listen((_request, response) => response.end('{}'));
    await using transport = transportTo(server.url, token);
    const query = { limit: 1, watch: 'true', follow: true, dryRun: 'All' };
    await transport.read(pods, { signal: new AbortController().signal, query });
    expect(server.seen[0]?.url).toBe('/api/v1/pods?limit=1');
  });

  it('posts nothing but a question about its own rights', async () => {
    await using server = await listen((_request, response) => response.end('{}'));
    await using transport = transportTo(server.url, token);
    await transport.review('access', { resourceAttributes: { verb: 'get' } }, new AbortController().signal);
    expect(server.seen).toMatchObject([
      { method: 'POST', url: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews' },
    ]);
    expect(Object.keys(transport).sort()).toEqual(['log', 'read', 'review', 'server', 'watch']);
  });

  it('never asks for another protocol', async () => {
    await using server = await listen((_request, response) => response.end('{}'));
    await using transport = transportTo(server.url, token);
    await read(transport);
    expect(server.seen[0]?.headers).not.toHaveProperty('upgrade');
    expect(server.seen[0]?.headers.connection).not.toMatch(/upgrade/i);
    expect(Object.keys(server.seen[0]?.headers ?? {}).sort()).toEqual([
      'accept',
      'authorization',
      'connection',
      'host',
      'user-agent',
    ]);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a %i, so the token stays at home', async (status) => {
    await using elsewhere = await listen((_request, response) => response.end('{"stolen":true}'));
    await using server = await listen((_request, response) => {
      response.writeHead(status, { location: `${elsewhere.url}/api/v1/pods` });
      response.end();
    });
    await using transport = transportTo(server.url, token);
    expect((await failureOf(read(transport))).code).toBe('cluster-redirected');
    expect(elsewhere.seen).toEqual([]);
  });

  it('stops reading at the ceiling, in the middle of the stream', async () => {
    let sent = 0;
    const chunk = 'x'.repeat(64 * 1024);
    function* endless() {
      for (; sent < 200 * 1024 * 1024; sent += chunk.length) yield chunk;
    }
    await using server = await listen((_request, response) =>
      pipeline(Readable.from(endless()), response, () => undefined),
    );
    await using transport = transportTo(server.url, token, { ceilingBytes: 1_000_000 });
    expect((await failureOf(read(transport))).code).toBe('cluster-answer-too-large');
    expect(sent).toBeLessThan(50 * 1024 * 1024);
  });

  it('does not read an answer announced to be larger than the ceiling', async () => {
    await using server = await listen((_request, response) => {
      response.writeHead(200, { 'content-length': '2000000' });
      response.write('{');
    });
    await using transport = transportTo(server.url, token, { ceilingBytes: 1_000_000 });
    expect((await failureOf(read(transport))).code).toBe('cluster-answer-too-large');
  });

  it('gives up on a server that trickles past the deadline', async () => {
    await using server = await listen((_request, response) => {
      response.write('{"items":[');
      const trickle = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(trickle));
    });
    await using transport = transportTo(server.url, token, { deadlineMs: 300 });
    expect((await failureOf(read(transport))).code).toBe('cluster-deadline');
  });

  it('gives up on a credential plugin that never answers', async () => {
    await using server = await listen((_request, response) => response.end('{}'));
    const never = () => Promise.withResolvers<never>().promise;
    await using transport = transportTo(server.url, token, { deadlineMs: 200, credential: never });
    expect((await failureOf(read(transport))).code).toBe('cluster-credential-failed');
    expect(server.seen).toEqual([]);
  });

  it('stops when the caller does, for the caller’s reason', async () => {
    await using server = await listen(() => undefined);
    await using transport = transportTo(server.url, token, { deadlineMs: 600_000 });
    const caller = new AbortController();
    const reading = read(transport, caller.signal);
    caller.abort(new Error('the caller left'));
    await expect(reading).rejects.toThrow('the caller left');
  });

  it('reads 200 lists over few connections', async () => {
    await using server = await listen((_request, response) => response.end('{}'));
    await using transport = transportTo(server.url, token);
    await Promise.all(Array.from({ length: 200 }, () => read(transport)));
    expect(server.seen).toHaveLength(200);
    expect(server.sockets.size).toBeLessThanOrEqual(4);
  });

  it.each([
    [400, 'cluster-request-rejected'],
    [401, 'cluster-unauthorized'],
    [403, 'cluster-forbidden'],
    [404, 'cluster-not-found'],
    [406, 'cluster-request-rejected'],
    [410, 'cluster-list-expired'],
    [429, 'cluster-throttled'],
    [500, 'cluster-failing'],
    [503, 'cluster-failing'],
  ])('turns %i into %s, with words of its own', async (status, code) => {
    const inBody = randomBytes(12).toString('hex');
    await using server = await listen((_request, response) => {
      response.writeHead(status, { 'retry-after': '7' });
      response.end(
        JSON.stringify({ kind: 'Status', reason: 'Forbidden', message: `token ${inBody} is bad`, code: status }),
      );
    });
    await using transport = transportTo(server.url, token);
    const failure = await failureOf(read(transport));
    expect(failure.code).toBe(code);
    expect(failure.next).not.toBe('');
    for (const secret of [inBody, token]) expect(inspect(failure, { depth: 9 })).not.toContain(secret);
  });

  it('says which right is missing and that a human grants it', async () => {
    await using server = await listen((_request, response) => {
      response.writeHead(403);
      response.end('{}');
    });
    await using transport = transportTo(server.url, token);
    const shop = { kind: 'resource', version: 'v1', namespace: 'shop' } as const;
    for (const [target, message, right] of [
      [
        { ...shop, group: 'apps', resource: 'deployments' },
        'list deployments.apps in namespace shop',
        'list deployments.apps',
      ],
      [
        { ...shop, group: 'apps', resource: 'deployments', name: 'web' },
        'get deployments.apps web in namespace shop',
        'get deployments.apps',
      ],
      [
        { ...shop, group: '', resource: 'pods', name: 'web-1', subresource: 'log' },
        'get pods/log web-1 in namespace shop',
        'get pods/log',
      ],
    ] as const) {
      const failure = await failureOf(transport.read(target, { signal: new AbortController().signal }));
      expect(failure.message).toBe(`the credential may not ${message}`);
      expect(failure.next).toBe(
        `a human must change RBAC to allow it: verb ${right} (see deploy/kubernetes/reader-role.yaml)`,
      );
    }
  });

  it.each(['<html>sign in</html>', '[]', '"text"', ''])(
    'refuses an answer that is no JSON object: %j',
    async (body) => {
      await using server = await listen((_request, response) => response.end(body));
      await using transport = transportTo(server.url, token);
      expect((await failureOf(read(transport))).code).toBe('cluster-answer-unreadable');
    },
  );

  it('says that nobody listens, without the token', async () => {
    const server = await listen(() => undefined);
    await server[Symbol.asyncDispose]();
    await using transport = transportTo(server.url, token);
    const failure = await failureOf(read(transport));
    expect(failure.code).toBe('cluster-unreachable');
    expect(inspect(failure, { depth: 9 })).not.toContain(token);
  });

  it('stays below the path the kubeconfig’s server has', async () => {
    await using server = await listen((_request, response) => response.end('{}'));
    await using transport = transportTo(`${server.url}/k8s/clusters/home/`, token);
    await read(transport);
    expect(server.seen[0]?.url).toBe('/k8s/clusters/home/api/v1/pods');
  });
});
