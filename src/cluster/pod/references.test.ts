import { describe, expect, it } from 'vitest';
import { objectFrom } from '../describe/object.fixture.ts';
import { make } from '../findings/manifest.fixture.ts';
import { referencesOf } from './references.ts';
import { podSpecOf } from './template.ts';

describe('what a pod needs', () => {
  const spec = {
    serviceAccountName: 'web',
    imagePullSecrets: [{ name: 'registry' }],
    initContainers: [
      { name: 'init', envFrom: [{ secretRef: { name: 'whole' } }, { configMapRef: { name: 'settings' } }] },
    ],
    containers: [
      {
        name: 'web',
        env: [
          { name: 'MODE', value: 'production' },
          { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
          { name: 'THEME', valueFrom: { configMapKeyRef: { name: 'theme', key: 'dark' } } },
          { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        ],
      },
    ],
    volumes: [
      { name: 'a', secret: { secretName: 'tls' } },
      { name: 'b', configMap: { name: 'files' } },
      { name: 'c', persistentVolumeClaim: { claimName: 'data' } },
      {
        name: 'd',
        projected: {
          sources: [
            { secret: { name: 'projected' } },
            { configMap: { name: 'kube-root-ca.crt' } },
            { serviceAccountToken: { path: 'token' } },
          ],
        },
      },
    ],
  };
  const redacted = podSpecOf(objectFrom(make('v1 Pod', 'shop/web', { spec })));

  it('is found after redaction, wherever it is named', () => {
    const { secrets, configMaps, claims, serviceAccount } = referencesOf(redacted);
    expect([...secrets].sort()).toEqual(['db', 'projected', 'registry', 'tls', 'whole']);
    expect([...configMaps].sort()).toEqual(['files', 'settings', 'theme']);
    expect([...claims]).toEqual(['data']);
    expect(serviceAccount).toBe('web');
  });
});
