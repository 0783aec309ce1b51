import type { JsonObject } from '../../../../kit/index.ts';
import { ago, condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const certificate = (
  conditions: readonly JsonObject[],
  status: JsonObject = {},
  metadata: JsonObject = {},
): JsonObject =>
  make('cert-manager.io/v1 Certificate', 'shop/web', {
    metadata,
    spec: { dnsNames: ['web.example.net'] },
    status: { conditions, ...status },
  });
const object = 'Certificate shop/web';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it was never issued',
      objects: [certificate([condition('Ready', 'False', { reason: 'DoesNotExist' })])],
      finds: [{ object, severity: 'critical', says: /never issued: web\.example\.net/ }],
    },
    {
      because: 'its names changed, and the new one is refused',
      objects: [
        certificate([condition('Ready', 'False', { reason: 'IncorrectCertificate' }), condition('Issuing', 'True')], {
          notAfter: ago(-40, 'days'),
        }),
      ],
      finds: [{ object, severity: 'warning', says: /an older one still serves/ }],
    },
    {
      because: 'nobody looks at it',
      objects: [certificate([])],
      finds: [{ object, severity: 'critical', says: /no controller/ }],
    },
  ],
  green: [
    { because: 'it is ready', objects: [certificate([condition('Ready', 'True')], { notAfter: ago(-40, 'days') })] },
    {
      because: 'it was asked for five minutes ago',
      objects: [certificate([condition('Ready', 'False', { lastTransitionTime: ago(5, 'minutes') })])],
    },
    { because: 'it was made just now', objects: [certificate([], {}, { creationTimestamp: ago(1, 'minutes') })] },
    {
      because: 'it has run out, which is another finding',
      objects: [certificate([condition('Ready', 'False', { reason: 'Expired' })], { notAfter: ago(1, 'days') })],
    },
  ],
};
