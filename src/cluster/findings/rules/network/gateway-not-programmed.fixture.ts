import type { JsonObject } from '../../../../kit/index.ts';
import { ago, condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const api = 'gateway.networking.k8s.io/v1';
const gatewayClass = make(`${api} GatewayClass`, 'edge');
const good = [condition('Accepted', 'True'), condition('Programmed', 'True')];
const gateway = (
  conditions: readonly JsonObject[],
  listeners: readonly JsonObject[] = [],
  metadata: JsonObject = {},
): JsonObject =>
  make(`${api} Gateway`, 'edge/public', {
    metadata,
    spec: { gatewayClassName: 'edge' },
    status: { conditions, listeners },
  });
const listener = (name: string, ...conditions: readonly JsonObject[]): JsonObject => ({ name, conditions });
const object = 'Gateway edge/public';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its class does not exist',
      objects: [gateway(good)],
      finds: [{ object, severity: 'critical', says: /no GatewayClass edge/ }],
    },
    {
      because: 'it is refused',
      objects: [gatewayClass, gateway([condition('Accepted', 'False', { reason: 'Invalid', message: 'bad address' })])],
      finds: [{ object, severity: 'critical', says: /refuses it/ }],
    },
    {
      because: 'it is not carried out',
      objects: [gatewayClass, gateway([condition('Accepted', 'True'), condition('Programmed', 'False')])],
      finds: [{ object, severity: 'critical', says: /not carried out/ }],
    },
    {
      because: 'a listener finds no certificate',
      objects: [
        gatewayClass,
        gateway(good, [
          listener('http'),
          listener('https', condition('ResolvedRefs', 'False', { reason: 'InvalidCertificateRef' })),
        ]),
      ],
      finds: [{ object, severity: 'critical', says: /listener https does not work/ }],
    },
    {
      because: 'two listeners want the same port',
      objects: [gatewayClass, gateway(good, [listener('http', condition('Conflicted', 'True'))])],
      finds: [{ object, severity: 'critical', says: /listener http/ }],
    },
    {
      because: 'no controller said a word',
      objects: [gatewayClass, gateway([condition('Programmed', 'Unknown', { reason: 'Pending' })])],
      finds: [{ object, severity: 'warning', says: /no controller/ }],
    },
  ],
  green: [
    {
      because: 'it is accepted and carried out, and so are its listeners',
      objects: [
        gatewayClass,
        gateway(good, [listener('http', condition('Programmed', 'True'), condition('Conflicted', 'False'))]),
      ],
    },
    {
      because: 'it was made a minute ago',
      objects: [gatewayClass, gateway([], [], { creationTimestamp: ago(1, 'minutes') })],
    },
  ],
};
