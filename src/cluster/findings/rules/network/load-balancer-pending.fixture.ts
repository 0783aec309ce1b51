import type { JsonObject } from '../../../../kit/index.ts';
import { ago, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const service = (spec: JsonObject, more: JsonObject = {}): JsonObject =>
  make('v1 Service', 'shop/web', { spec: { type: 'LoadBalancer', ...spec }, ...more });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'nobody gave it an address',
      objects: [service({}, { status: { loadBalancer: {} } })],
      finds: [{ object: 'Service shop/web', severity: 'warning', says: /no address/ }],
    },
  ],
  green: [
    {
      because: 'it has an address',
      objects: [service({}, { status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } } })],
    },
    {
      because: 'it was made a minute ago',
      objects: [service({}, { metadata: { creationTimestamp: ago(1, 'minutes') } })],
    },
    { because: 'it is reached by an address of a node', objects: [service({ externalIPs: ['192.0.2.8'] })] },
    { because: 'it asks for none', objects: [service({ type: 'ClusterIP' })] },
  ],
};
