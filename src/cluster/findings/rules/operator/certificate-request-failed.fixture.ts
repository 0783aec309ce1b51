import type { JsonObject } from '../../../../kit/index.ts';
import { ago, condition, fixtureNow, make, owner } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const request = (name: string, created: string, ...conditions: readonly JsonObject[]): JsonObject =>
  make('cert-manager.io/v1 CertificateRequest', `shop/${name}`, {
    metadata: { creationTimestamp: created, ownerReferences: owner('cert-manager.io/v1', 'Certificate', 'web') },
    status: { conditions },
  });
const failed = condition('Ready', 'False', { reason: 'Failed', message: 'the order is invalid' });
const pending = condition('Ready', 'False', { reason: 'Pending' });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'the newest failed',
      objects: [
        request('web-1', ago(60, 'days'), condition('Ready', 'True')),
        request('web-2', ago(1, 'days'), failed),
      ],
      finds: [{ object: 'CertificateRequest shop/web-2', severity: 'warning', says: /failed/ }],
    },
    {
      because: 'an approver denied it',
      objects: [
        request(
          'web-1',
          ago(1, 'days'),
          condition('Denied', 'True'),
          condition('Ready', 'False', { reason: 'Denied' }),
        ),
      ],
      finds: [{ object: 'CertificateRequest shop/web-1', severity: 'warning', says: /denied/ }],
    },
    {
      because: 'nobody has answered it for hours',
      objects: [request('web-1', ago(5, 'hours'), pending)],
      finds: [{ object: 'CertificateRequest shop/web-1', severity: 'warning', says: /waited 5h/ }],
    },
  ],
  green: [
    {
      because: 'a newer one is ready',
      objects: [request('web-1', ago(2, 'days'), failed), request('web-2', ago(1, 'days'), condition('Ready', 'True'))],
    },
    { because: 'it waits for a challenge', objects: [request('web-1', ago(10, 'minutes'), pending)] },
  ],
};
