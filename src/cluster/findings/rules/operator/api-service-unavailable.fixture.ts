import type { JsonObject } from '../../../../kit/index.ts';
import { condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const service = (
  status: string,
  spec: JsonObject = { service: { namespace: 'kube-system', name: 'metrics-server' } },
): JsonObject =>
  make('apiregistration.k8s.io/v1 APIService', 'v1beta1.metrics.k8s.io', {
    spec,
    status: { conditions: [condition('Available', status, { reason: 'MissingEndpoints' })] },
  });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its server does not answer',
      objects: [service('False')],
      finds: [
        {
          object: 'APIService v1beta1.metrics.k8s.io',
          severity: 'critical',
          says: /Service kube-system\/metrics-server/,
        },
      ],
    },
  ],
  green: [{ because: 'it answers, or is the API server itself', objects: [service('True'), service('True', {})] }],
};
