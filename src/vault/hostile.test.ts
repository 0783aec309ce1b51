import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { Secret } from '../kit/index.ts';
import { nodeHealth } from './health.ts';
import { clientOf, get, type HostileServer, json, openHostile, post, word } from './hostile.fixture.ts';

const token = word();
const value = word();
const given = new Secret(token);

let server: HostileServer;
beforeEach(async () => {
  server = await openHostile();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server[Symbol.asyncDispose]();
});

/** Everything of an error that somebody could print. */
function everythingOf(error: unknown): string {
  const own = error instanceof Error ? [error.message, error.stack, error.cause] : [];
  return inspect([error, own, JSON.stringify(error)], { depth: 20, showHidden: true, getters: true });
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  return expect.unreachable('it should have failed');
}

const write = post({ data: { password: new Secret(value) } }, 'secret', 'data', 'apps');

describe('an error of Vault', () => {
  it.each<[string, string, HostileServer['answer']]>([
    [
      'a refusal that quotes all it was sent',
      'vault-refused',
      (response, seen) => json(response, 403, { errors: [inspect(seen)] }),
    ],
    ['a rejection that does', 'vault-rejected', (response, seen) => json(response, 400, { errors: [inspect(seen)] })],
    ['a failure that does', 'vault-failing', (response, seen) => json(response, 500, { errors: [inspect(seen)] })],
    ['a page that does', 'vault-reply-invalid', (response, seen) => response.end(`<html>${inspect(seen)}</html>`)],
    ['a reset', 'vault-unreachable', (response) => response.socket?.destroy()],
    [
      'half an answer',
      'vault-unreachable',
      (response, seen) => {
        response.writeHead(200, { 'content-length': '9000' });
        response.write(inspect(seen), () => response.socket?.destroy());
      },
    ],
    ['no HTTP', 'vault-unreachable', (response, seen) => response.socket?.end(`${inspect(seen)}\r\n\r\n`)],
    [
      'a header too long',
      'vault-unreachable',
      (response) => {
        response.socket?.end(`HTTP/1.1 200 OK\r\nx: ${value.repeat(2_000)}\r\n\r\n`);
      },
    ],
    [
      'a redirect',
      'vault-redirected',
      (response, seen) => response.writeHead(307, { location: `http://192.0.2.1/${seen.body}` }).end(),
    ],
    ['silence', 'vault-deadline', () => undefined],
  ])('holds neither token nor body: %s', async (_, code, answer) => {
    server.answer = answer;
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    const error = await failureOf(client.ask(write, { deadlineMs: 700 }));
    expect(error).toMatchObject({ code });
    expect(server.seen[0]?.body).toContain(value);
    expect(everythingOf(error)).not.toContain(value);
    expect(everythingOf(error)).not.toContain(token);
  });

  it('holds neither where nobody listens', async () => {
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    await server[Symbol.asyncDispose]();
    const error = await failureOf(client.ask(write));
    expect(error).toMatchObject({ code: 'vault-unreachable', message: expect.stringContaining('ECONNREFUSED') });
    expect(everythingOf(error)).not.toContain(value);
    expect(everythingOf(error)).not.toContain(token);
    server = await openHostile();
  });

  it('says nothing of a reply that has another shape', async () => {
    server.answer = (response) => json(response, 200, { data: { keys: value, [value]: value } });
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    const strict = z.strictObject({ data: z.strictObject({ keys: z.enum(['a']) }) });
    const error = await failureOf(client.ask({ method: 'GET', path: ['a'], reply: strict }));
    expect(error).toMatchObject({ code: 'vault-reply-invalid' });
    expect(everythingOf(error)).not.toContain(value);
  });

  it('is the caller’s own where the caller stopped', async () => {
    server.answer = () => undefined;
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    const stop = new AbortController();
    const asking = client.ask(get('a'), { signal: stop.signal });
    await expect.poll(() => server.seen.length).toBe(1);
    const why = new Error('not wanted any more');
    stop.abort(why);
    expect(await failureOf(asking)).toBe(why);
  });
});

describe('what can be printed of a client', () => {
  it('is its address', () => {
    const { client } = clientOf(server.origin, given);
    expect(inspect(client, { depth: 20, showHidden: true })).not.toContain(token);
    expect(JSON.stringify(client)).toBe(JSON.stringify({ address: server.origin }));
  });

  it('is nothing, however much is asked of DEBUG', async () => {
    const program = `
      const { clientOf, post } = await import(${JSON.stringify(join(import.meta.dirname, 'hostile.fixture.ts'))});
      const { Secret } = await import(${JSON.stringify(join(import.meta.dirname, '../kit/index.ts'))});
      const { client, sender } = clientOf(process.env.ORIGIN, new Secret(process.env.GIVEN));
      await client.ask(post({ secret_id: new Secret(process.env.VALUE), plain: process.env.VALUE }, 'auth', 'approle', 'login'));
      await client.ask(post({}, 'no')).catch(() => undefined);
      await sender[Symbol.asyncDispose]();
    `;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      env: { DEBUG: '*,node-vault,axios,follow-redirects', ORIGIN: server.origin, GIVEN: token, VALUE: value },
    });
    expect(server.seen[0]?.body).toContain(value);
    expect(stdout + stderr).toBe('');
  });
});

describe('a redirect', () => {
  it.each([307, 308, 301, 302, 303])(
    '%i to another host is not followed, and the token not sent there',
    async (status) => {
      await using thief = await openHostile();
      // localhost is another host than 127.0.0.1, though the same machine.
      for (const to of [thief.origin, `http://localhost:${thief.port}`]) {
        server.answer = (response, seen) => response.writeHead(status, { location: `${to}${seen.url}` }).end();
        const { client, sender } = clientOf(server.origin, given);
        await using _sender = sender;
        await expect(client.ask(get('secret', 'metadata', 'a'))).rejects.toMatchObject({ code: 'vault-redirected' });
        await expect(client.ask(write)).rejects.toMatchObject({ code: 'vault-redirected' });
      }
      expect(thief.seen).toEqual([]);
    },
  );

  it.each([307, 308])('%i to a peer is followed, with the body', async (status) => {
    await using leader = await openHostile((response) => json(response, 200, { data: { at: 'leader' } }));
    server.answer = (response, seen) => response.writeHead(status, { location: `${leader.origin}${seen.url}` }).end();
    const { client, sender } = clientOf(server.origin, given, { peers: [leader.origin] });
    await using _sender = sender;
    expect(await client.ask(write)).toEqual({ data: { at: 'leader' } });
    expect(leader.seen).toMatchObject([{ method: 'POST', headers: { 'x-vault-token': token } }]);
    expect(leader.seen[0]?.body).toContain(value);
  });

  it('to the same origin is followed, and not for ever', async () => {
    let left = 1;
    server.answer = (response, seen) => {
      if (left > 0) response.writeHead(307, { location: seen.url }).end();
      else json(response, 200, { data: 1 });
      left -= 1;
    };
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    expect(await client.ask(get('a'))).toEqual({ data: 1 });
    left = 1_000;
    await expect(client.ask(get('a'))).rejects.toMatchObject({ code: 'vault-redirected' });
    expect(server.seen.length).toBeLessThan(10);
  });

  it.each(['/v1/sys/seal', '/v1/a?wipe=1', '/v1/../v1/b', ''])('to another path (%s) is not followed', async (path) => {
    server.answer = (response, seen) => {
      if (seen.url === '/v1/a') response.writeHead(307, { location: `${server.origin}${path}` }).end();
      else json(response, 200, {});
    };
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    await expect(client.ask(get('a'))).rejects.toMatchObject({ code: 'vault-redirected' });
    expect(server.seen).toHaveLength(1);
  });

  it('to plain http of a peer known by https is not followed', async () => {
    await using thief = await openHostile();
    server.answer = (response, seen) => response.writeHead(307, { location: thief.origin + seen.url }).end();
    const { client, sender } = clientOf(server.origin, given, { peers: [thief.origin.replace('http:', 'https:')] });
    await using _sender = sender;
    await expect(client.ask(get('a'))).rejects.toMatchObject({ code: 'vault-redirected' });
    expect(thief.seen).toEqual([]);
  });
});

describe('an answer', () => {
  const page = (response: Parameters<HostileServer['answer']>[0], status: number): void => {
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html>log in</html>');
  };

  it.each([200, 401, 403, 404])('that is a page is not taken for Vault’s (%i)', async (status) => {
    server.answer = (response) => page(response, status);
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    await expect(client.ask(get('secret', 'data', 'sys', 'health'))).rejects.toMatchObject({
      code: 'vault-reply-invalid',
    });
  });

  it.each(['{', 'null and void', '[1,2', '\u0000'])('of junk (%j) is an error', async (text) => {
    server.answer = (response) => response.end(text);
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    await expect(client.ask(get('a'))).rejects.toMatchObject({ code: 'vault-reply-invalid' });
  });

  it('that does not end is cut at the ceiling', async () => {
    let sent = 0;
    server.answer = (response) => {
      const more = (): void => {
        sent += 65_536;
        if (!response.destroyed) response.write('x'.repeat(65_536), more);
      };
      more();
    };
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    await expect(client.ask(get('a'))).rejects.toMatchObject({ code: 'vault-reply-invalid' });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('that drips ends with the deadline, not with the last drop', async () => {
    server.answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drop = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drop));
    };
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    await expect(client.ask(get('a'), { deadlineMs: 300 })).rejects.toMatchObject({ code: 'vault-deadline' });
  });

  it('pollutes no prototype', async () => {
    const evil =
      '{"data":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},"__proto__":{"errors":["x"]}}';
    server.answer = (response) => response.end(evil);
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    const reply = await client.ask({
      method: 'GET',
      path: ['a'],
      reply: z.looseObject({ data: z.record(z.string(), z.unknown()) }),
    });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((reply as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((reply as Record<string, unknown>)['errors']).toBeUndefined();
    expect(Object.getPrototypeOf(reply.data)).toBe(Object.prototype);
  });

  it('with a bad code is an error even where the path looks like health', async () => {
    server.answer = (response) => json(response, 403, { errors: ['permission denied'] });
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    await expect(client.ask(get('secret', 'data', 'x', 'sys', 'health'))).rejects.toMatchObject({
      code: 'vault-refused',
    });
  });
});

describe('asking again', () => {
  const failing =
    (times: number, status: number, headers: Record<string, string> = {}): HostileServer['answer'] =>
    (response) =>
      server.seen.length > times ? json(response, 200, { data: 1 }) : json(response, status, { errors: [] }, headers);

  it.each([412, 429, 472, 473, 500, 502, 503])('helps a read against a passing %i', async (status) => {
    server.answer = failing(2, status);
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    expect(await client.ask({ ...get('a'), method: 'LIST' })).toEqual({ data: 1 });
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(Array(3).fill('GET /v1/a?list=true'));
  });

  it('ends after three times', async () => {
    server.answer = failing(1_000, 500);
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    await expect(client.ask(get('a'))).rejects.toMatchObject({ code: 'vault-failing' });
    expect(server.seen).toHaveLength(4);
  });

  it.each(['POST', 'PATCH'] as const)('never happens with %s', async (method) => {
    server.answer = failing(1, 503);
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    await expect(client.ask({ ...post({}, 'a'), method })).rejects.toMatchObject({ code: 'vault-failing' });
    expect(server.seen).toHaveLength(1);
  });

  it.each([400, 403, 404, 405, 501])('does not help against %i', async (status) => {
    server.answer = failing(1, status);
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    await expect(client.ask(get('a'))).rejects.toThrow();
    expect(server.seen).toHaveLength(1);
  });

  it('waits as long as Vault says, and no longer than the deadline', async () => {
    server.answer = failing(1, 429, { 'retry-after': '600' });
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    await expect(client.ask(get('a'), { deadlineMs: 300 })).rejects.toMatchObject({ code: 'vault-deadline' });
    expect(server.seen).toHaveLength(1);
  });
});

describe('the environment', () => {
  it('changes nothing of what is asked, where, and as whom', async () => {
    await using thief = await openHostile();
    const set = {
      VAULT_ADDR: thief.origin,
      VAULT_TOKEN: word(),
      VAULT_NAMESPACE: 'theirs',
      VAULT_PREFIX: '/prefixed',
      VAULT_SKIP_VERIFY: 'true',
      HTTP_PROXY: thief.origin,
      http_proxy: thief.origin,
      ALL_PROXY: thief.origin,
      NODE_USE_ENV_PROXY: '1',
    };
    for (const [key, text] of Object.entries(set)) vi.stubEnv(key, text);
    const { client, sender } = clientOf(server.origin, given);
    await using _sender = sender;
    await client.ask(get('a'));
    expect(thief.seen).toEqual([]);
    expect(server.seen).toMatchObject([
      { url: '/v1/a', headers: { 'x-vault-token': token, 'x-vault-request': 'true' } },
    ]);
    expect(server.seen[0]?.headers).not.toHaveProperty('x-vault-namespace');
  });
});

describe('health', () => {
  const good = { initialized: true, sealed: false, standby: false, version: '1.21.1', cluster_name: 'home' };

  it.each([
    [200, 'active'],
    [429, 'standby'],
    [472, 'dr-secondary'],
    [473, 'performance-standby'],
    [501, 'uninitialised'],
    [503, 'sealed'],
    [474, 'degraded'],
    [530, 'degraded'],
    [500, 'degraded'],
    [403, 'degraded'],
    [204, 'degraded'],
  ])('goes by the number: %i is %s', async (status, role) => {
    server.answer = (response) => json(response, status, good);
    expect(await nodeHealth({ address: server.origin, caFile: undefined })).toMatchObject({
      role,
      address: server.origin,
    });
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]?.headers).not.toHaveProperty('x-vault-token');
  });

  it('does not take a page, or a contradiction, for a healthy node', async () => {
    server.answer = (response) => response.end('<html>200</html>');
    expect(await nodeHealth({ address: server.origin, caFile: undefined })).toMatchObject({ role: 'degraded' });
    server.answer = (response) => json(response, 200, { ...good, sealed: true });
    expect(await nodeHealth({ address: server.origin, caFile: undefined })).toMatchObject({ role: 'degraded' });
  });

  it('is never an error', async () => {
    server.answer = () => undefined;
    const health = await nodeHealth({ address: server.origin, caFile: undefined }, { deadlineMs: 200 });
    expect(health).toMatchObject({ role: 'unreachable', why: expect.stringContaining('0.2 s') });
    expect(await nodeHealth({ address: 'http://192.0.2.1:1', caFile: undefined })).toMatchObject({
      role: 'unreachable',
    });
    expect(await nodeHealth({ address: server.origin, caFile: '/nonexistent' })).toMatchObject({ role: 'unreachable' });
    expect(
      await nodeHealth({ address: server.origin, caFile: undefined }, { signal: AbortSignal.abort() }),
    ).toMatchObject({
      role: 'unreachable',
    });
  });
});
