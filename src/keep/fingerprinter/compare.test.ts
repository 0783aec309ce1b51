import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../kit/index.ts';
import { type ClusterSecrets, openClusterSecrets, secretPath } from './cluster-secret.ts';
import { compare } from './compare.ts';
import type { VersionRow } from './history-rows.ts';
import { macKey } from './mac-key.ts';
import { FingerprinterScratch, never, randomValue, vaultSaid } from './scripted-vault.fixture.ts';

const macs = macKey(randomBytes(32));
const left = { mount: 'secret', path: 'apps/mail', key: 'password' };
const inCluster = { namespace: 'mail', name: 'mail', key: 'password' };
const at = (version: number): Date => new Date(Date.UTC(2026, 0, version));

/** `held[0]` is version 1 of the secret, the last is the newest. */
function partsOf(held: readonly string[], cluster?: ClusterSecrets['read']) {
  const rows = new Map<number, VersionRow>(
    held.map((value, index) => {
      const version = index + 1;
      const row = { mount: left.mount, path: left.path, version, at: at(version).toISOString() };
      return [version, { ...row, macs: { password: macs.of(value) } }];
    }),
  );
  return {
    macs,
    cluster: cluster && { read: cluster, [Symbol.asyncDispose]: async () => undefined },
    rowsOf: () => rows,
    read: async ({ version = held.length }: { version?: number | undefined }) => ({
      values: new Map([['password', new Secret(held[version - 1] ?? '')]]),
      version,
      createdAt: at(version),
    }),
  };
}
const holding = (value: string | undefined): ClusterSecrets['read'] => {
  const data = value === undefined ? undefined : new Secret(Buffer.from(value).toString('base64'));
  return async () => data && { data, changedAt: '2026-01-05T00:00:00Z' };
};

describe('a comparison', () => {
  const [old, now] = [randomValue(), randomValue()];

  it('says whether both hold one value, and since when each', async () => {
    expect(await compare(left, inCluster, partsOf([old, now, now], holding(now)), never)).toEqual({
      outcome: 'equal',
      leftVersion: 3,
      leftChangedAt: at(2).toISOString(),
      rightChangedAt: '2026-01-05T00:00:00Z',
    });
  });

  it('says which older version the cluster still has', async () => {
    const found = await compare(left, inCluster, partsOf([old, now], holding(old)), never);
    expect(found).toMatchObject({ outcome: 'different', equalsVersion: 1, leftVersion: 2 });
    const another = await compare(left, inCluster, partsOf([old, now], holding(randomValue())), never);
    expect(another).not.toHaveProperty('equalsVersion');
  });

  it('is of bytes: a newline more is another value, and nothing says by how much', async () => {
    const one = await compare(left, inCluster, partsOf([now], holding(`${now}\n`)), never);
    const other = await compare(left, inCluster, partsOf([now], holding('x')), never);
    expect(one).toEqual(other);
  });

  it('is unknown, and never different, where a side could not be read', async () => {
    const refused = partsOf([now], holding(now));
    refused.read = async () => {
      throw vaultSaid('vault-refused');
    };
    for (const [parts, why] of [
      [partsOf([now], holding(undefined)), 'there is no Secret mail/mail'],
      [partsOf([now]), 'names no kubeconfig'],
      [refused, 'vault-refused'],
    ] as const) {
      expect(await compare(left, inCluster, parts, never)).toEqual({
        outcome: 'unknown',
        why: expect.stringContaining(why),
      });
    }
    const missing = await compare({ ...left, key: 'other' }, inCluster, partsOf([now], holding(now)), never);
    expect(missing).toEqual({ outcome: 'unknown', why: expect.stringContaining('no key of that name') });
  });

  it('takes a version of one secret against another', async () => {
    const parts = partsOf([old, now]);
    expect(await compare(left, { ...left, version: 1 }, parts, never)).toMatchObject({
      outcome: 'different',
      equalsVersion: 1,
      rightVersion: 1,
    });
  });
});

describe('the one thing asked of Kubernetes', () => {
  let opened = new AsyncDisposableStack();
  afterEach(async () => {
    await opened.disposeAsync();
    opened = new AsyncDisposableStack();
  });

  async function cluster(status: number, body: string) {
    const asked: string[] = [];
    const server: Server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const { folder } = opened.use(new FingerprinterScratch());
    const kubeconfig = join(folder, 'kubeconfig');
    const token = randomValue();
    const { port } = server.address() as AddressInfo;
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        'current-context': 'c',
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
        clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
        users: [{ name: 'u', user: { token } }],
      }),
    );
    return { secrets: opened.use(openClusterSecrets({ kubeconfig, context: undefined })), asked, token };
  }
  const secret = (data: Record<string, string>) =>
    JSON.stringify({
      kind: 'Secret',
      metadata: { creationTimestamp: '2026-01-01T00:00:00Z', managedFields: [{ time: '2026-01-02T00:00:00Z' }] },
      data,
    });

  it('is GET of one object', async () => {
    const value = randomValue();
    const { secrets, asked, token } = await cluster(200, secret({ password: value }));
    const found = await secrets.read(inCluster, never);
    expect(found?.data.reveal()).toBe(value);
    expect(found?.changedAt).toBe('2026-01-02T00:00:00Z');
    expect(asked).toEqual([`GET /api/v1/namespaces/mail/secrets/mail Bearer ${token}`]);
    expect(await secrets.read({ ...inCluster, key: 'constructor' }, never)).toBeUndefined();
  });

  it('is built of a plain namespace and name alone', () => {
    for (const [namespace, name] of [
      ['mail', '..'],
      ['mail', '../pods'],
      ['mail', 'a/../../x'],
      ['mail', ''],
      ['', 'mail'],
      ['mail', 'mail?watch=1'],
      ['mail', 'mail%2f..'],
      ['a..b', 'mail'],
      ['mail', 'a..b'],
      ['mail', 'mail/status'],
      ['kube-system/secrets/x#', 'mail'],
      ['mail', 'mail\n'],
    ] as const) {
      expect(() => secretPath({ namespace, name, key: 'k' }), `${namespace} ${name}`).toThrow('is none');
    }
    expect(secretPath({ namespace: 'mail', name: 'mail.v1', key: '../x' })).toBe(
      '/api/v1/namespaces/mail/secrets/mail.v1',
    );
  });

  it.each([
    ['nothing', 404, '', undefined],
    ['a refusal', 403, 'forbidden', 'may not read it (403)'],
    ['no login', 401, '', 'may not read it (401)'],
    ['a redirect', 302, '', 'answered 302'],
    ['a failure', 500, '', 'answered 500'],
    ['no JSON', 200, 'hello', 'no Secret'],
    ['a list', 200, '{"kind":"SecretList","items":[]}', 'no Secret'],
    ['data of another kind', 200, '{"kind":"Secret","metadata":{},"data":{"password":7}}', 'no Secret'],
    ['too much', 200, `"${'x'.repeat(4_100_000)}"`, 'larger'],
  ])('answered with %s is told without what came', async (_, status, body, why) => {
    const { secrets } = await cluster(status, body);
    const reading = secrets.read(inCluster, never);
    if (why === undefined) expect(await reading).toBeUndefined();
    else {
      const error = await reading.catch((one: unknown) => one);
      expect(error).toMatchObject({ code: 'cluster-secret-unreadable', message: expect.stringContaining(why) });
      expect(error).not.toHaveProperty('cause');
    }
  });
});
