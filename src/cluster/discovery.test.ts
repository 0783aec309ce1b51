import { describe, expect, it } from 'vitest';
import { openRecordedApi } from '../../test/recorded/api.ts';
import { CastellanError, type JsonObject } from '../kit/index.ts';
import { createDiscovery } from './discovery.ts';
import { kindId } from './kind.ts';
import { transportTo } from './transport/loopback.fixture.ts';
import type { Transport } from './transport/transport.ts';

const { signal } = new AbortController();

async function withRecorded(
  test: (transport: Transport, requests: readonly { url: string }[]) => Promise<void>,
): Promise<void> {
  await using api = await openRecordedApi();
  await using transport = transportTo(api.server, api.token);
  await test(transport, api.requests);
}

async function refusal(work: Promise<unknown>): Promise<{ code: string; message: string; next: string }> {
  const error: unknown = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!(error instanceof CastellanError)) throw new Error('it was not refused', { cause: error });
  return { code: error.code, message: error.message, next: error.next };
}

/** Discovery answers made by hand, for what no recording has. */
function answering(core: readonly JsonObject[], groups: readonly JsonObject[]): Pick<Transport, 'read'> {
  const list = (items: readonly JsonObject[]): JsonObject => ({ kind: 'APIGroupDiscoveryList', items });
  return {
    read: async (target) => list(target.kind === 'document' && target.document === 'core-discovery' ? core : groups),
  };
}

function group(name: string, resources: readonly string[], freshness = 'Current', kind?: string): JsonObject {
  const served = resources.map((resource) => ({
    resource,
    responseKind: { kind: kind ?? resource.charAt(0).toUpperCase() + resource.slice(1, -1) },
    scope: 'Namespaced',
    singularResource: resource.slice(0, -1),
    shortNames: [resource.slice(0, 2)],
    verbs: ['get', 'list'],
  }));
  return { metadata: { name }, versions: [{ version: 'v1', freshness, resources: served }] };
}

describe('discovery', () => {
  it.each([
    ['pods', 'pods'],
    ['pod', 'pods'],
    ['Pod', 'pods'],
    ['po', 'pods'],
    ['deploy', 'deployments.apps'],
    ['Deployment', 'deployments.apps'],
    ['deployments.apps', 'deployments.apps'],
    ['deployment.v1.apps', 'deployments.apps'],
    ['cm', 'configmaps'],
    ['no', 'nodes'],
    ['pvc', 'persistentvolumeclaims'],
    ['clusterroles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io'],
  ])('knows %s as %s', async (word, id) => {
    await withRecorded(async (transport) => {
      expect(kindId(await createDiscovery(transport).resolve(word, signal))).toBe(id);
    });
  });

  it('asks twice, once, and again after ten minutes', async () => {
    await withRecorded(async (transport, requests) => {
      let now = 0;
      const discovery = createDiscovery(transport, () => now);
      await discovery.resolve('pods', signal);
      await discovery.resolve('deploy', signal);
      expect(requests.map(({ url }) => url).sort()).toEqual(['/api', '/apis']);
      now = 11 * 60_000;
      await discovery.resolve('pods', signal);
      expect(requests).toHaveLength(4);
    });
  });

  it('asks again for a word it does not know, but not at once', async () => {
    await withRecorded(async (transport, requests) => {
      let now = 0;
      const discovery = createDiscovery(transport, () => now);
      await refusal(discovery.resolve('widgets', signal));
      expect(requests).toHaveLength(2);
      now = 31_000;
      await refusal(discovery.resolve('widgets', signal));
      expect(requests).toHaveLength(4);
    });
  });

  it.each([
    'secrets',
    'secret',
    'Secret',
    'SECRETS',
    ' secrets ',
    'secrets.v1',
    'secret.v1',
    'secrets.stable.example.net',
  ])('refuses %j and says where to look instead', async (word) => {
    await withRecorded(async (transport, requests) => {
      const refused = await refusal(createDiscovery(transport).resolve(word, signal));
      expect(refused.code).toBe('cluster-secret-refused');
      expect(refused.next).toContain('externalsecrets');
      expect(requests).toEqual([]);
    });
  });

  it('refuses secrets under a short name or a kind of another name', async () => {
    const hidden = { ...group('', ['secrets']) };
    const renamed = group('odd.example.net', ['vaultlets'], 'Current', 'Secret');
    const discovery = createDiscovery(answering([hidden], [renamed]));
    for (const word of [
      'se',
      'vaultlets',
      'vaultlet',
      'va',
      'vaultlets.odd.example.net',
      'vaultlet.v1.odd.example.net',
    ]) {
      expect((await refusal(discovery.resolve(word, signal))).code).toBe('cluster-secret-refused');
    }
  });

  it.each(['pods/web', '../secrets', 'pods?watch=true', '', ' ', 'a..b', 'po ds', '%70ods', 'p'.repeat(300)])(
    'does not ask the server for %j',
    async (word) => {
      await withRecorded(async (transport, requests) => {
        expect((await refusal(createDiscovery(transport).resolve(word, signal))).code).toBe('cluster-kind-unknown');
        expect(requests).toEqual([]);
      });
    },
  );

  it('suggests what was probably meant, and never secrets', async () => {
    await withRecorded(async (transport) => {
      const discovery = createDiscovery(transport);
      expect((await refusal(discovery.resolve('deploymnets', signal))).next).toContain('deployments.apps');
      expect((await refusal(discovery.resolve('sercets', signal))).next).not.toContain('secrets');
    });
  });

  it('prefers the core group, then the server’s order, and finds the others by their group', async () => {
    const discovery = createDiscovery(
      answering(
        [group('', ['pods'])],
        [group('metrics.example.net', ['pods', 'nodes']), group('b.example.net', ['nodes'])],
      ),
    );
    const of = async (word: string) => kindId(await discovery.resolve(word, signal));
    expect(await of('pods')).toBe('pods');
    expect(await of('pods.metrics.example.net')).toBe('pods.metrics.example.net');
    expect(await of('nodes')).toBe('nodes.metrics.example.net');
    expect(await of('node.b.example.net')).toBe('nodes.b.example.net');
  });

  it('says which groups did not answer, because the kind may be theirs', async () => {
    const discovery = createDiscovery(answering([], [group('metrics.example.net', [], 'Stale')]));
    expect((await refusal(discovery.resolve('widgets', signal))).message).toContain('metrics.example.net/v1');
  });

  it('refuses an API server that does not know aggregated discovery', async () => {
    const old: Pick<Transport, 'read'> = { read: async () => ({ kind: 'APIVersions', versions: ['v1'] }) };
    expect((await refusal(createDiscovery(old).resolve('pods', signal))).code).toBe('cluster-answer-unreadable');
  });
});
