export function podsOf(namespace: string): readonly string[] {
  return ['get', 'pods', '--namespace', namespace, '--output=jsonpath={.items[*].status.phase}'];
}

/** An app that takes its password at its start, and what brings it there from Vault. */
export function mailOf(namespace: string, password: string, path: string): readonly object[] {
  const metadata = { name: 'mail', namespace };
  const labels = { app: 'mail' };
  return [
    { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { password } },
    {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata,
      spec: {
        secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
        target: { name: 'mail' },
        data: [{ secretKey: 'password', remoteRef: { key: path, property: 'password' } }],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [
              {
                name: 'server',
                image: 'registry.example.net/mail:1',
                env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'mail', key: 'password' } } }],
              },
            ],
          },
        },
      },
    },
  ];
}
