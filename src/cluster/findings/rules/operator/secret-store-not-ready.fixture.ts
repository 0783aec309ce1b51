import type { JsonObject } from '../../../../kit/index.ts';
import { condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const api = 'external-secrets.io/v1';
const store = (type: string, place: string, status: string): JsonObject =>
  make(`${api} ${type}`, place, {
    status: { conditions: [condition('Ready', status, { reason: 'InvalidProviderConfig' })] },
  });
const secret = (place: string, secretStoreRef: JsonObject): JsonObject =>
  make(`${api} ExternalSecret`, place, { spec: { secretStoreRef } });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'two secrets come from it',
      objects: [
        store('ClusterSecretStore', 'vault', 'False'),
        secret('shop/web', { kind: 'ClusterSecretStore', name: 'vault' }),
        secret('shop/api', { kind: 'ClusterSecretStore', name: 'vault' }),
      ],
      finds: [{ object: 'ClusterSecretStore vault', severity: 'critical', says: /2 ExternalSecrets/ }],
    },
    {
      because: 'the secrets of another namespace, or of another store, do not come from it',
      objects: [
        store('SecretStore', 'shop/vault', 'False'),
        secret('other/web', { name: 'vault' }),
        secret('shop/web', { name: 'other' }),
      ],
      finds: [{ object: 'SecretStore shop/vault', severity: 'warning', says: /nothing is copied/ }],
    },
  ],
  green: [
    { because: 'it is ready', objects: [store('ClusterSecretStore', 'vault', 'True')] },
    { because: 'it has just been made', objects: [make(`${api} ClusterSecretStore`, 'vault')] },
  ],
};
