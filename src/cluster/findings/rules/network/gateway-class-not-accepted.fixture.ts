import type { JsonObject } from '../../../../kit/index.ts';
import { ago, condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const api = 'gateway.networking.k8s.io/v1';
const gatewayClass = (status: string | undefined, metadata: JsonObject = {}): JsonObject =>
  make(`${api} GatewayClass`, 'edge', {
    metadata,
    status: {
      conditions: status === undefined ? [] : [condition('Accepted', status, { reason: 'InvalidParameters' })],
    },
  });
const gateway = make(`${api} Gateway`, 'edge/public', { spec: { gatewayClassName: 'edge' } });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it is refused and a Gateway uses it',
      objects: [gatewayClass('False'), gateway],
      finds: [{ object: 'GatewayClass edge', severity: 'critical', says: /refuses/ }],
    },
    {
      because: 'nobody has answered for it, and nobody uses it',
      objects: [gatewayClass('Unknown')],
      finds: [{ object: 'GatewayClass edge', severity: 'warning', says: /no controller/ }],
    },
  ],
  green: [
    { because: 'it is accepted', objects: [gatewayClass('True'), gateway] },
    {
      because: 'it was made a minute ago',
      objects: [gatewayClass(undefined, { creationTimestamp: ago(1, 'minutes') })],
    },
  ],
};
