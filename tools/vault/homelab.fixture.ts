import type { JsonObject } from '../../src/kit/index.ts';

/** A cluster that takes the password of mail out of Vault: by a variable, by a file, and one key that is not there. */
const make = (
  apiVersion: string,
  kind: string,
  name: string,
  rest: JsonObject,
  metadata: JsonObject = {},
): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'mail', ...metadata },
  ...rest,
});

export const store = make(
  'external-secrets.io/v1',
  'ClusterSecretStore',
  'vault-kv',
  {
    spec: { provider: { vault: { server: 'http://vault.example.net:8200', path: 'secret', version: 'v2' } } },
  },
  { namespace: '' },
);

export const databaseStore = make(
  'external-secrets.io/v1',
  'ClusterSecretStore',
  'vault-database',
  {
    spec: { provider: { vault: { server: 'http://vault.example.net:8200', path: 'database', version: 'v1' } } },
  },
  { namespace: '' },
);

export const externalSecret = (
  name: string,
  entries: readonly (readonly [key: string, remote: string, property: string])[],
  storeName = 'vault-kv',
): JsonObject =>
  make('external-secrets.io/v1', 'ExternalSecret', name, {
    spec: {
      secretStoreRef: { kind: 'ClusterSecretStore', name: storeName },
      target: { name: `${name}-secret` },
      data: entries.map(([secretKey, key, property]) => ({ secretKey, remoteRef: { key, property } })),
    },
    status: { conditions: [{ type: 'Ready', status: 'True' }], refreshTime: '2026-03-01T09:55:00Z' },
  });

export const byVariable = (name: string, secret: string, key: string, annotations: JsonObject = {}): JsonObject =>
  make(
    'apps/v1',
    'Deployment',
    name,
    {
      spec: {
        replicas: 1,
        template: {
          spec: {
            containers: [
              { name: 'main', env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: secret, key } } }] },
            ],
          },
        },
      },
    },
    { annotations },
  );

export const byFile = (name: string, secret: string): JsonObject =>
  make('apps/v1', 'Deployment', name, {
    spec: {
      replicas: 1,
      template: {
        spec: {
          containers: [{ name: 'main', volumeMounts: [{ name: 'v', mountPath: '/run/secret' }] }],
          volumes: [{ name: 'v', secret: { secretName: secret } }],
        },
      },
    },
  });

export const podOf = (deployment: string, startTime: string): readonly JsonObject[] => [
  make(
    'apps/v1',
    'ReplicaSet',
    `${deployment}-5d9c`,
    {},
    { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: deployment, controller: true }] },
  ),
  make(
    'v1',
    'Pod',
    `${deployment}-5d9c-x`,
    { spec: { containers: [] }, status: { phase: 'Running', startTime } },
    {
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${deployment}-5d9c`, controller: true }],
    },
  ),
];
