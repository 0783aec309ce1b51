import type { JsonObject } from '../../../../kit/index.ts';
import { condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const certificate = (status: string, place = 'shop/web'): JsonObject =>
  make('cert-manager.io/v1 Certificate', place, {
    spec: { secretName: 'web-tls' },
    status: {
      conditions: [condition('Ready', status, { reason: 'DoesNotExist', message: 'the secret does not exist' })],
    },
  });
const ingress = make('networking.k8s.io/v1 Ingress', 'shop/web', {
  spec: { tls: [{ hosts: ['web.example.net'], secretName: 'web-tls' }, { secretName: 'web-tls' }] },
});
const route = make('traefik.io/v1alpha1 IngressRoute', 'shop/web', { spec: { tls: { secretName: 'web-tls' } } });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its certificate is not ready',
      objects: [ingress, route, certificate('False')],
      finds: [
        { object: 'Ingress shop/web', severity: 'warning', says: /waits for Certificate web/ },
        { object: 'IngressRoute shop/web', severity: 'warning', says: /waits for Certificate web/ },
      ],
    },
  ],
  green: [
    { because: 'its certificate is ready', objects: [ingress, route, certificate('True')] },
    { because: 'nobody here makes its secret', objects: [ingress, route] },
    {
      because: 'a certificate of another namespace makes another secret',
      objects: [ingress, certificate('False', 'other/web')],
    },
    {
      because: 'it has no TLS of its own',
      objects: [make('networking.k8s.io/v1 Ingress', 'shop/web', { spec: {} }), certificate('False')],
    },
  ],
};
