import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRecordedApi, type RecordedApi } from '../../test/recorded/api.ts';
import { silent } from '../redaction/no-redaction.fixture.ts';
import { type ClusterConnection, connectCluster } from './connect.ts';

const { signal } = new AbortController();

/** Three clusters in one kubeconfig, of which `home` and `away` may be read. */
let clusters: Record<'home' | 'away' | 'private', RecordedApi>;
let kubeconfig: string;
beforeEach(async () => {
  const [home, away, hidden] = await Promise.all([openRecordedApi(), openRecordedApi(), openRecordedApi()]);
  clusters = { home, away, private: hidden };
  const config = JSON.parse(readFileSync(home.kubeconfig, 'utf8'));
  const entries = Object.entries(clusters);
  config['current-context'] = 'home';
  config.contexts = entries.map(([name]) => ({ name, context: { cluster: name, user: name } }));
  config.clusters = entries.map(([name, { server }]) => ({ name, cluster: { server } }));
  config.users = entries.map(([name, { token }]) => ({ name, user: { token } }));
  kubeconfig = home.kubeconfig;
  writeFileSync(kubeconfig, JSON.stringify(config));
});
afterEach(() => Promise.all(Object.values(clusters).map((api) => api[Symbol.asyncDispose]())));

const connect = (contexts: readonly string[] = ['away']): Promise<ClusterConnection> =>
  connectCluster({ kubeconfig, contexts, deadlineMs: 5_000 }, { redactor: silent });
const readPods = ({ reader }: ClusterConnection, context: string | undefined) =>
  reader.inContext(context).kind('pods', signal);
const mayPatch = ({ verb }: Readonly<Record<string, string>>): boolean => verb === 'patch';

function refusalOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('several contexts', () => {
  it('are read with the credential of each, each checked before its first read', async () => {
    await using connection = await connect();
    expect(clusters.away.requests).toEqual([]);
    await readPods(connection, undefined);
    expect(clusters.away.requests).toEqual([]);
    await readPods(connection, 'away');
    const [first] = clusters.away.requests;
    expect(first?.method).toBe('POST');
    expect(new Set(clusters.away.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set([`Bearer ${clusters.away.token}`]),
    );
  });

  it('are those castellan.yaml allows; another is refused with their names, and nothing is asked of it', async () => {
    await using connection = await connect();
    const names = ['private', 'no-such', '__proto__', 'constructor', '', 'HOME', 'home ', `x${'y'.repeat(5_000)}`];
    for (const context of names) {
      const refusal = refusalOf(() => connection.reader.inContext(context));
      expect(refusal).toMatchObject({
        code: 'cluster-context-refused',
        next: 'leave context out, or give one of: home, away',
      });
      expect(String(refusal).length).toBeLessThan(200);
    }
    expect(clusters.private.requests).toEqual([]);
  });

  it('stop at the one whose credential may do more than look; the others are read on', async () => {
    clusters.away.allow = mayPatch;
    await using connection = await connect();
    await expect(readPods(connection, 'away')).rejects.toMatchObject({ code: 'cluster-overprivileged' });
    await expect(readPods(connection, 'home')).resolves.toMatchObject({ kind: 'Pod' });
    await expect(readPods(connection, 'away')).rejects.toMatchObject({ code: 'cluster-overprivileged' });
    expect(clusters.away.requests.filter(({ method }) => method === 'GET')).toEqual([]);
    const failed = (await connection.probe(signal)).filter(({ status }) => status === 'fail');
    expect(failed.map(({ check }) => check)).toEqual(['away: may not patch deployments.apps']);
  });

  it('are not connected at all when the first may do more than look', async () => {
    clusters.home.allow = mayPatch;
    await expect(connect()).rejects.toMatchObject({ code: 'cluster-overprivileged' });
  });

  it('keep what was checked to themselves: one that passed vouches for no other', async () => {
    await using connection = await connect();
    await readPods(connection, 'home');
    clusters.away.rights = () => ({
      resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'] }],
      nonResourceRules: [],
      incomplete: false,
    });
    await expect(readPods(connection, 'away')).rejects.toThrow('(get secrets)');
  });

  it('must be in the kubeconfig', async () => {
    await expect(connect(['elsewhere'])).rejects.toMatchObject({
      code: 'cluster-config-invalid',
      message: expect.stringContaining('no context "elsewhere"; it has: home, away, private'),
    });
  });
});
