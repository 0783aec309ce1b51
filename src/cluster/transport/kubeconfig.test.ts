import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CastellanError } from '../../kit/index.ts';
import { credentialSource } from './credential.ts';
import { inClusterLogin, readKubeconfig } from './kubeconfig.ts';

const token = randomBytes(24).toString('base64url');

interface Parts {
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'castellan-kubeconfig-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function kubeconfigWith({ cluster = {}, user = { token } }: Parts): Promise<string> {
  const file = join(await folder(), 'config');
  const config = {
    'current-context': 'home',
    contexts: [
      { name: 'home', context: { cluster: 'home', user: 'me' } },
      { name: 'orphan', context: { cluster: 'gone', user: 'me' } },
    ],
    clusters: [{ name: 'home', cluster: { server: 'https://192.0.2.10:6443', ...cluster } }],
    users: [{ name: 'me', user }],
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

async function refusalOf(parts: Parts, context?: string): Promise<string> {
  const file = await kubeconfigWith(parts);
  try {
    await readKubeconfig(file, context);
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    expect(inspect(error, { depth: 9 })).not.toContain(token);
    expect(error.next).not.toBe('');
    return error.code;
  }
  return 'accepted';
}

describe('a kubeconfig', () => {
  it('gives one context and nothing of the others', async () => {
    const login = await readKubeconfig(
      await kubeconfigWith({ cluster: { 'tls-server-name': 'api.example.net' } }),
      undefined,
    );
    expect(login).toMatchObject({ context: 'home', serverName: 'api.example.net', token });
    expect(login.server.href).toBe('https://192.0.2.10:6443/');
  });

  it('is refused when it turns certificate checks off, on loopback too', async () => {
    expect(await refusalOf({ cluster: { 'insecure-skip-tls-verify': true } })).toBe('cluster-connection-insecure');
    expect(await refusalOf({ cluster: { 'insecure-skip-tls-verify': true, server: 'https://127.0.0.1:6443' } })).toBe(
      'cluster-connection-insecure',
    );
  });

  it.each([
    'http://192.0.2.10:8080',
    'http://127.0.0.1.example.net',
    'http://localhost.example.net',
    'ftp://127.0.0.1',
  ])('is refused when its server is %s', async (server) => {
    expect(await refusalOf({ cluster: { server } })).toBe('cluster-connection-insecure');
  });

  it.each(['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080', 'https://api.example.net/k8s/home'])(
    'may name the server %s',
    async (server) => {
      expect(await refusalOf({ cluster: { server } })).toBe('accepted');
    },
  );

  it.each([
    'https://me:pw@192.0.2.10',
    'https://192.0.2.10/?a=b',
    'https://192.0.2.10/a/../b',
    'https://192.0.2.10/%2e%2e',
    'x',
  ])('is refused when its server is not a plain URL: %s', async (server) => {
    expect(await refusalOf({ cluster: { server } })).toBe('cluster-config-invalid');
  });

  it.each(['as', 'as-uid', 'as-groups', 'as-user-extra'])(
    'is refused when its user impersonates (%s)',
    async (field) => {
      expect(await refusalOf({ user: { token, [field]: ['admin'] } })).toBe('cluster-config-invalid');
    },
  );

  it.each([
    [{ exec: { command: 'log-in', interactiveMode: 'Always' } }],
    [{ exec: { command: 'log-in', apiVersion: 'client.authentication.k8s.io/v1alpha1' } }],
    [{ exec: { command: 'log-in', args: { token } } }],
    [{ exec: {} }],
    [{ 'auth-provider': { name: 'gcp', config: { 'access-token': token } } }],
    [{ 'auth-provider': { name: 'azure' } }],
    [{ 'auth-provider': { name: `x${token}`, config: { exec: { command: 'log-in' } } } }],
  ])('is refused when its user logs in by what cannot work: %#', async (user) => {
    expect(await refusalOf({ user })).toBe('cluster-config-invalid');
  });

  it('may have users beside the one that is read that nobody here understands', async () => {
    const file = await kubeconfigWith({});
    const config = JSON.parse(await readFile(file, 'utf8'));
    config.users.push({ name: 'other', user: { exec: { command: 7 }, 'auth-provider': 'x' } }, { name: 'none' });
    await writeFile(file, JSON.stringify(config));
    await expect(readKubeconfig(file, undefined)).resolves.toMatchObject({ token });
  });

  it('names the contexts there are when the one asked for is not among them', async () => {
    const file = await kubeconfigWith({});
    await expect(readKubeconfig(file, 'work')).rejects.toThrow('it has: home, orphan');
    expect(await refusalOf({}, 'orphan')).toBe('cluster-config-invalid');
  });

  it('that is missing, no YAML or no kubeconfig is an error without its text', async () => {
    const file = join(await folder(), 'config');
    await expect(readKubeconfig(file, undefined)).rejects.toThrow('ENOENT');
    for (const text of [`token: [${token}`, `users: ${token}`, '[]', '']) {
      await writeFile(file, text);
      const failure: unknown = await readKubeconfig(file, undefined).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'cluster-config-invalid' });
      expect(failure instanceof CastellanError ? failure.message + failure.next : '').not.toContain(token);
    }
  });
});

describe('a credential', () => {
  const header = async (source: ReturnType<typeof credentialSource>) => (await source()).authorization?.reveal();

  it('is read again from its token file after a minute, relative to the kubeconfig', async () => {
    const file = await kubeconfigWith({ user: { tokenFile: 'token' } });
    const tokenFile = join(file, '..', 'token');
    await writeFile(tokenFile, 'first\n');
    let now = 0;
    const source = credentialSource(await readKubeconfig(file, undefined), () => now);
    expect(await header(source)).toBe('Bearer first');
    await writeFile(tokenFile, 'second\n');
    now = 59_000;
    expect(await header(source)).toBe('Bearer first');
    now = 61_000;
    expect(await header(source)).toBe('Bearer second');
  });

  it('of a pod is its ServiceAccount’s', async () => {
    const place = await folder();
    await writeFile(join(place, 'ca.crt'), 'authority');
    await writeFile(join(place, 'token'), token);
    const login = inClusterLogin(place);
    const { tls, authorization } = await credentialSource(login)();
    expect(login.server.href).toBe('https://kubernetes.default.svc/');
    expect(String(tls.ca)).toBe('authority');
    expect(authorization?.reveal()).toBe(`Bearer ${token}`);
  });

  it('keeps the same TLS material until a certificate changes', async () => {
    const file = await kubeconfigWith({ user: { 'client-certificate': 'cert.pem', 'client-key': 'key.pem' } });
    await writeFile(join(file, '..', 'cert.pem'), 'one');
    await writeFile(join(file, '..', 'key.pem'), 'one');
    let now = 0;
    const source = credentialSource(await readKubeconfig(file, undefined), () => now);
    const { tls } = await source();
    now = 61_000;
    expect((await source()).tls).toBe(tls);
    await writeFile(join(file, '..', 'cert.pem'), 'two');
    now = 130_000;
    expect(String((await source()).tls.cert)).toBe('two');
  });

  it('is obtained once for requests that start together', async () => {
    const file = await kubeconfigWith({ user: { tokenFile: 'token', 'client-certificate': 'token' } });
    await writeFile(join(file, '..', 'token'), token);
    const source = credentialSource(await readKubeconfig(file, undefined));
    const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => source()));
    for (const other of others) expect(other.tls).toBe(first?.tls);
  });

  it('comes from a plugin, found beside the kubeconfig', async () => {
    const status = { token, expirationTimestamp: '2099-01-01T00:00:00Z' };
    const credential = JSON.stringify({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status,
    });
    const file = await kubeconfigWith({
      user: { exec: { command: './plugin', args: [credential], interactiveMode: 'Never' } },
    });
    await writeFile(join(file, '..', 'plugin'), '#!/bin/sh\necho "$1"\n', { mode: 0o700 });
    expect(await header(credentialSource(await readKubeconfig(file, undefined)))).toBe(`Bearer ${token}`);
  });

  it('that a plugin does not give is an error without the plugin’s words', async () => {
    const file = await kubeconfigWith({ user: { exec: { command: './plugin', args: [token] } } });
    await writeFile(join(file, '..', 'plugin'), '#!/bin/sh\necho "$1" >&2; exit 1\n', { mode: 0o700 });
    const failure: unknown = await credentialSource(await readKubeconfig(file, undefined))().catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'cluster-credential-failed' });
    expect(failure instanceof Error ? failure.message : '').not.toContain(token);
  });
});
