/** Objects for a real cluster: everything that takes secrets of Vault in one way or another, and what takes one that is not there. */
export function consumerObjects(namespace: string, path: string, role: string): readonly object[] {
  const synced = (name: string, spec: object): object => ({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, namespace },
    spec: { secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' }, target: { name }, ...spec },
  });
  const entry = (secretKey: string, key: string, property: string): object => ({
    secretKey,
    remoteRef: { key, property },
  });
  return [
    synced('mail', { data: [entry('password', path, 'password'), entry('user', path, 'user')] }),
    synced('typo', { data: [entry('password', path, 'pasword')] }),
    synced('gone', { data: [entry('password', `${path}-gone`, 'password')] }),
    {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ClusterSecretStore',
      metadata: { name: databaseStoreOf(namespace) },
      spec: { provider: { vault: { server: 'https://vault.example.net', path: 'database', version: 'v1' } } },
    },
    synced('db', {
      secretStoreRef: { kind: 'ClusterSecretStore', name: databaseStoreOf(namespace) },
      data: [entry('password', `static-creds/${role}`, 'password'), entry('user', `static-creds/${role}`, 'username')],
    }),
    ...workloads(namespace),
  ];
}

/** It stands in no namespace, and does not go with one. */
export function databaseStoreOf(namespace: string): string {
  return `${namespace}-database`;
}

export function secretOf(namespace: string, password: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'mail', namespace },
    stringData: { password, user: 'mail' },
  };
}

const image = 'registry.example.net/mail:1';

function workloads(namespace: string): readonly object[] {
  const variable = (name: string, key: string): object => ({
    env: [{ name: 'VALUE', valueFrom: { secretKeyRef: { name, key } } }],
  });
  const file = (secretName: string): object => ({
    containers: [{ name: 'main', image, volumeMounts: [{ name: 'v', mountPath: '/run/secret' }] }],
    volumes: [{ name: 'v', secret: { secretName } }],
  });
  const main = (more: object): object => ({ containers: [{ name: 'main', image, ...more }] });
  const first = (more: object): object => ({ ...main({}), initContainers: [{ name: 'first', image, ...more }] });
  const make = (kind: string, name: string, spec: object, annotations: object = {}): object => {
    const labels = { app: name };
    return {
      apiVersion: 'apps/v1',
      kind,
      metadata: { name, namespace, annotations },
      spec: {
        selector: { matchLabels: labels },
        ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
        template: { metadata: { labels }, spec },
      },
    };
  };
  const reload = 'secret.reloader.stakater.com/reload';
  return [
    make('Deployment', 'by-env', main(variable('mail', 'password'))),
    make('Deployment', 'by-env-from', main({ envFrom: [{ secretRef: { name: 'mail' } }] })),
    make('StatefulSet', 'by-volume', file('mail')),
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'by-init', namespace },
      spec: {
        schedule: '0 4 1 1 *',
        jobTemplate: {
          spec: { template: { spec: { ...first(variable('mail', 'password')), restartPolicy: 'Never' } } },
        },
      },
    },
    make('Deployment', 'user-only', main(variable('mail', 'user'))),
    make('Deployment', 'lost', main(variable('mail', 'passwd'))),
    make('Deployment', 'db-env', main(variable('db', 'password'))),
    make('Deployment', 'db-user', main(variable('db', 'user'))),
    make('DaemonSet', 'db-init', first(variable('db', 'password'))),
    make('Deployment', 'db-file', file('db')),
    make('Deployment', 'db-named', main(variable('db', 'password')), { [reload]: 'another, db' }),
    make('Deployment', 'db-other', main(variable('db', 'password')), { [reload]: 'another' }),
    make('Deployment', 'db-auto', main(variable('db', 'password')), { 'reloader.stakater.com/auto': 'true' }),
  ];
}
