import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { CastellanError, Secret } from '../../kit/index.ts';
import { type Bearer, type CredentialSource, credentialSource } from './credential.ts';
import { type Login, readKubeconfig } from './kubeconfig.ts';
import { listen, transportTo } from './loopback.fixture.ts';

const apiVersion = 'client.authentication.k8s.io/v1';
const { signal } = new AbortController();
let folder: string;
let now: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-credential-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  now = Date.parse('2026-11-25T12:00:00Z');
});

async function loginOf(user: Readonly<Record<string, unknown>>): Promise<Login> {
  const file = join(folder, 'config');
  const config = {
    'current-context': 'home',
    contexts: [{ name: 'home', context: { cluster: 'home', user: 'me' } }],
    clusters: [{ name: 'home', cluster: { server: 'https://192.0.2.10:6443' } }],
    users: [{ name: 'me', user }],
  };
  writeFileSync(file, JSON.stringify(config));
  return readKubeconfig(file, undefined);
}

/** A plugin whose every run gives another token: `run-1`, `run-2` … */
async function pluginLogin(expires: () => string | undefined = () => undefined): Promise<Login> {
  const end = expires();
  const status = `{\\"token\\":\\"run-$n\\"${end === undefined ? '' : `,\\"expirationTimestamp\\":\\"${end}\\"`}}`;
  const script = `#!/bin/sh
cd "$(dirname "$0")"
[ -e broken ] && exit 1
n=$(($(cat runs 2>/dev/null || echo 0) + 1)); echo $n > runs
echo "{\\"kind\\":\\"ExecCredential\\",\\"apiVersion\\":\\"${apiVersion}\\",\\"status\\":${status}}"
`;
  writeFileSync(join(folder, 'plugin'), script, { mode: 0o700 });
  return loginOf({ exec: { command: './plugin', apiVersion } });
}

const runs = (): number => (existsSync(join(folder, 'runs')) ? Number(readFileSync(join(folder, 'runs'), 'utf8')) : 0);
const headerOf = async (source: CredentialSource) => (await source()).authorization?.reveal();
const later = (seconds: number): string => new Date(now + seconds * 1_000).toISOString();

describe('the credential of a plugin', () => {
  it('is kept until shortly before it ends', async () => {
    const source = credentialSource(await pluginLogin(() => later(300)), () => now);
    expect(await headerOf(source)).toBe('Bearer run-1');
    now += 289_000;
    expect(await headerOf(source)).toBe('Bearer run-1');
    now += 2_000;
    expect(await headerOf(source)).toBe('Bearer run-2');
  });

  it('that has no end is kept until it is refused', async () => {
    const source = credentialSource(await pluginLogin(), () => now);
    const first = await source();
    now += 30 * 86_400_000;
    expect(await source()).toBe(first);
    const second = await source(first);
    expect(second.authorization?.reveal()).toBe('Bearer run-2');
    expect(await source()).toBe(second);
  });

  it('that has ended already, or is always refused, is not asked for at every request', async () => {
    const source = credentialSource(await pluginLogin(() => later(-60)), () => now);
    for (let request = 0; request < 5; request += 1) await source(await source());
    expect(runs()).toBe(1);
    now += 10_000;
    await source(await source());
    expect(runs()).toBe(2);
  });

  it('is asked for once by requests that start together', async () => {
    const source = credentialSource(await pluginLogin(), () => now);
    await Promise.all(Array.from({ length: 5 }, () => source()));
    expect(runs()).toBe(1);
  });

  it('is asked for again after the plugin failed', async () => {
    const source = credentialSource(await pluginLogin(), () => now);
    writeFileSync(join(folder, 'broken'), '');
    await expect(source()).rejects.toMatchObject({ code: 'cluster-credential-failed' });
    rmSync(join(folder, 'broken'));
    expect(await headerOf(source)).toBe('Bearer run-1');
  });

  it('is not asked for when the kubeconfig has a token', async () => {
    const { plugin } = await pluginLogin();
    const login = await loginOf({ token: 'mine', exec: { command: './plugin', apiVersion } });
    expect(plugin).toBeDefined();
    expect(await headerOf(credentialSource(login))).toBe('Bearer mine');
    expect(runs()).toBe(0);
  });
});

describe('a credential the API server refuses', () => {
  /** A server that takes one token. */
  const taking = (token: () => string) =>
    listen(({ headers }, response) => {
      response.writeHead(headers.authorization === `Bearer ${token()}` ? 200 : 401);
      response.end('{}');
    });
  const version = { kind: 'document', document: 'version' } as const;

  it('is read again at once, when its file was rotated', async () => {
    writeFileSync(join(folder, 'token'), 'first');
    await using server = await taking(() => 'second');
    const credential = credentialSource(await loginOf({ tokenFile: 'token' }), () => now);
    await using transport = transportTo(server.url, '', { credential });
    await expect(transport.read(version, { signal })).rejects.toMatchObject({ code: 'cluster-unauthorized' });
    expect(server.seen).toHaveLength(1);
    now += 10_000;
    await expect(transport.read(version, { signal })).rejects.toMatchObject({ code: 'cluster-unauthorized' });
    expect(server.seen).toHaveLength(2);
    writeFileSync(join(folder, 'token'), 'second');
    now += 10_000;
    await expect(transport.read(version, { signal })).resolves.toEqual({});
    expect(server.seen).toHaveLength(4);
  });

  it('is asked for once more and not for ever, when a plugin gives another each time', async () => {
    await using server = await taking(() => 'none');
    const credential = credentialSource(await pluginLogin(), () => now);
    await using transport = transportTo(server.url, '', { credential });
    for (const requests of [1, 3]) {
      await expect(transport.read(version, { signal })).rejects.toMatchObject({ code: 'cluster-unauthorized' });
      expect(server.seen).toHaveLength(requests);
      now += 10_000;
    }
  });

  it('is renewed for a review too, and its body is sent again', async () => {
    await using server = await taking(() => 'run-2');
    const credential = credentialSource(await pluginLogin(), () => now);
    await credential();
    now += 10_000;
    await using transport = transportTo(server.url, '', { credential });
    await expect(transport.review('self', {}, signal)).resolves.toEqual({});
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });
});

describe('the OIDC login of kubectl', () => {
  const secret = randomBytes(24).toString('base64url');
  const idToken = (ends: number): string => {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ alg: 'RS256' })}.${part({ exp: ends })}.${secret}`;
  };
  const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;
  const provider = (config: Readonly<Record<string, unknown>>) =>
    loginOf({ 'auth-provider': { name: 'oidc', config } });

  it('is used while its ID token lasts', async () => {
    const token = idToken(inSeconds(600));
    expect(await headerOf(credentialSource(await provider({ 'id-token': token })))).toBe(`Bearer ${token}`);
  });

  it.each([
    ['without a refresh token', {}],
    [
      'whose provider cannot be reached',
      { 'client-id': 'a', 'refresh-token': secret, 'idp-issuer-url': 'https://127.0.0.1:1' },
    ],
  ])('that has ended, %s, is an error that says where to go on', async (_, more) => {
    const source = credentialSource(await provider({ 'id-token': idToken(inSeconds(-600)), ...more }));
    const failure: unknown = await source().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'cluster-credential-failed',
      next: expect.stringContaining('castellan init kubernetes'),
    });
    expect(failure instanceof CastellanError ? `${failure.message}${failure.next}` : secret).not.toContain(secret);
    expect(inspect(failure, { depth: 9 })).not.toContain(secret);
  });
});

describe('a token that is lent', () => {
  const lent = (...tokens: readonly string[]) => {
    const seen: (string | undefined)[] = [];
    let next = 0;
    const bearer: Bearer = async (_signal, refused) => {
      seen.push(refused?.reveal());
      if (refused !== undefined) next += 1;
      return new Secret(tokens[next] ?? 'none');
    };
    return { bearer, seen };
  };

  it('is all that is shown, whatever the user of the kubeconfig has', async () => {
    const login = await loginOf({ tokenFile: './absent', 'client-certificate': './absent', 'client-key': './absent' });
    const source = credentialSource(login, () => now, lent('a').bearer);
    const { tls, authorization } = await source();
    expect([tls, authorization?.reveal()]).toEqual([{}, 'Bearer a']);
  });

  it('replaces no plugin that would run as well', async () => {
    const source = credentialSource(await pluginLogin(), () => now, lent('a').bearer);
    expect(await headerOf(source)).toBe('Bearer a');
    expect(runs()).toBe(0);
  });

  it('is handed back when it was refused', async () => {
    const { bearer, seen } = lent('a', 'b');
    const source = credentialSource(await loginOf({}), () => now, bearer);
    const first = await source();
    expect(await source(first)).toBe(first);
    now += 10_000;
    expect((await source(first)).authorization?.reveal()).toBe('Bearer b');
    expect(seen).toEqual([undefined, 'a']);
  });
});
