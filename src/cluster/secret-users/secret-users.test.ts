import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kit/index.ts';
import { silent } from '../../redaction/no-redaction.fixture.ts';
import { make, owner } from '../findings/manifest.fixture.ts';
import { objectOf } from '../list.ts';
import { createObjectRedactor } from '../withholding/object-redactor.ts';
import { sawAllUses, secretUsers } from './read.ts';
import { isAt, isBelow } from './synced.ts';

const redactor = createObjectRedactor(silent);
const read = (manifest: JsonObject) => {
  const [group = '', version] = String(manifest['apiVersion']).split('/');
  const kind = {
    kind: String(manifest['kind']),
    group: version === undefined ? '' : group,
    version: 'v1',
    resource: '',
    singular: '',
    shortNames: [],
    namespaced: true,
    verbs: [],
  };
  return objectOf(kind, manifest, redactor);
};
const users = (...manifests: readonly JsonObject[]) => secretUsers(manifests.map(read), []);
const pod = (spec: JsonObject): JsonObject => make('v1 Pod', 'mail/one-off', { spec, status: { phase: 'Running' } });
const uses = (spec: JsonObject) => users(pod(spec)).uses.map(({ by: _, ...use }) => use);

describe('a pod uses a Secret', () => {
  it('by variable, by all variables, by file, by projection and to pull images', () => {
    const found = uses({
      containers: [
        {
          name: 'a',
          env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'pass#word' } } }],
          envFrom: [{ secretRef: { name: 'all' } }],
          volumeMounts: [
            { name: 'v', mountPath: '/v' },
            { name: 'p', mountPath: '/p', subPath: 'x' },
          ],
        },
      ],
      volumes: [
        { name: 'v', secret: { secretName: 'files', items: [{ key: 'tls.key', path: 'k' }] } },
        { name: 'p', projected: { sources: [{ secret: { name: 'projected' } }] } },
      ],
      imagePullSecrets: [{ name: 'registry' }],
    });
    expect(found).toEqual([
      { secret: 'db', key: 'pass#word', how: 'env', frozen: true, init: false },
      { secret: 'all', key: undefined, how: 'envFrom', frozen: true, init: false },
      { secret: 'files', key: 'tls.key', how: 'volume', frozen: false, init: false },
      { secret: 'projected', key: undefined, how: 'projected', frozen: true, init: false },
      { secret: 'registry', key: undefined, how: 'imagePullSecret', frozen: false, init: false },
    ]);
  });

  it('once, in an init container; a sidecar among them goes on', () => {
    const mounting = (more: JsonObject) => ({
      initContainers: [{ name: 'i', volumeMounts: [{ name: 'v', mountPath: '/v' }], ...more }],
      volumes: [{ name: 'v', secret: { secretName: 'files' } }],
    });
    expect(uses(mounting({}))).toMatchObject([{ frozen: true, init: true }]);
    expect(uses(mounting({ restartPolicy: 'Always' }))).toMatchObject([{ frozen: false, init: false }]);
  });

  it('under the name of its workload, whose pods are not told once more', () => {
    const template = { spec: { containers: [{ name: 'a', envFrom: [{ secretRef: { name: 'all' } }] }] } };
    const found = users(
      make('apps/v1 Deployment', 'mail/web', { spec: { template } }),
      make('apps/v1 ReplicaSet', 'mail/web-1', {
        metadata: { ownerReferences: owner('apps/v1', 'Deployment', 'web') },
      }),
      make('v1 Pod', 'mail/web-1-a', {
        ...template,
        status: { phase: 'Running' },
        metadata: { ownerReferences: owner('apps/v1', 'ReplicaSet', 'web-1') },
      }),
    );
    expect(found.uses.map(({ by }) => `${by.kind} ${by.name}`)).toEqual(['Deployment web']);
    expect(found.pods).toMatchObject([{ name: 'web-1-a', root: { kind: 'Deployment', name: 'web' } }]);
  });
});

describe('an ExternalSecret', () => {
  const store = (kind: string, place: string, provider: JsonObject) =>
    make(`external-secrets.io/v1 ${kind}`, place, { spec: { provider } });
  const external = (spec: JsonObject) => make('external-secrets.io/v1 ExternalSecret', 'mail/mail', { spec });

  it('is read through its store: mount, path, key of Vault and key of the Secret', () => {
    const { synced } = users(
      store('ClusterSecretStore', 'kv', { vault: { path: 'secret', version: 'v2' } }),
      external({
        secretStoreRef: { kind: 'ClusterSecretStore', name: 'kv' },
        target: { name: 'mail-secret' },
        data: [{ secretKey: 'password', remoteRef: { key: 'secret/data/apps/mail', property: 'pw', version: '3' } }],
        dataFrom: [{ extract: { key: 'apps/all' } }, { find: { path: 'apps', name: { regexp: '.*' } } }],
      }),
    );
    expect(synced).toMatchObject([
      {
        secret: 'mail-secret',
        entries: [{ key: 'password', from: { mount: 'secret', path: 'apps/mail' }, property: 'pw', version: 3 }],
        whole: [{ mount: 'secret', path: 'apps/all' }],
        searches: [{ mount: 'secret', path: 'apps' }],
      },
    ]);
  });

  it('of another provider is none of Vault; of a store nobody could read it may be', () => {
    const data = [{ secretKey: 'a', remoteRef: { key: 'apps/mail' } }];
    const of = external({ secretStoreRef: { kind: 'SecretStore', name: 'cloud' }, data });
    expect(users(store('SecretStore', 'mail/cloud', { aws: {} }), of).synced).toEqual([]);
    expect(users(of).synced).toMatchObject([{ entries: [{ from: { mount: undefined, path: 'apps/mail' } }] }]);
  });

  it('through a generator reads a rotated password', () => {
    const { synced } = users(
      make('generators.external-secrets.io/v1 VaultDynamicSecret', 'mail/db', {
        spec: { path: '/database/static-creds/mail' },
      }),
      external({ dataFrom: [{ sourceRef: { generatorRef: { kind: 'VaultDynamicSecret', name: 'db' } } }] }),
    );
    expect(synced[0]?.whole.some((place) => isAt(place, 'database', 'static-creds/mail'))).toBe(true);
  });
});

it('a place without a mount is any that it could be', () => {
  expect(isAt({ mount: undefined, path: 'secret/data/a' }, 'secret', 'a')).toBe(true);
  expect(isAt({ mount: undefined, path: 'a' }, 'secret', 'a')).toBe(true);
  expect(isAt({ mount: 'kv', path: 'a' }, 'secret', 'a')).toBe(false);
  expect(isBelow({ mount: 'secret', path: 'apps' }, 'secret', 'apps/mail')).toBe(true);
  expect(isBelow({ mount: 'secret', path: 'app' }, 'secret', 'apps/mail')).toBe(false);
});

it('what could not be listed is no proof that nobody is there', () => {
  expect(sawAllUses(secretUsers([], []))).toBe(true);
  for (const id of [
    'deployments.apps',
    'pods',
    'externalsecrets.external-secrets.io',
    'clustersecretstores.external-secrets.io',
  ]) {
    expect(sawAllUses(secretUsers([], [id]))).toBe(false);
  }
});
