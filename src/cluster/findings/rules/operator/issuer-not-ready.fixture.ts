import type { JsonObject } from '../../../../kit/index.ts';
import { condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const issuer = (type: string, place: string, status: string): JsonObject =>
  make(`cert-manager.io/v1 ${type}`, place, {
    status: { conditions: [condition('Ready', status, { reason: 'ErrRegisterACMEAccount' })] },
  });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it could not register',
      objects: [issuer('ClusterIssuer', 'internal', 'False'), issuer('Issuer', 'shop/own', 'False')],
      finds: [
        { object: 'ClusterIssuer internal', severity: 'warning', says: /not ready/ },
        { object: 'Issuer shop/own', severity: 'warning', says: /not ready/ },
      ],
    },
  ],
  green: [
    { because: 'it is ready', objects: [issuer('ClusterIssuer', 'internal', 'True')] },
    { because: 'it has just been made', objects: [make('cert-manager.io/v1 ClusterIssuer', 'internal')] },
  ],
};
