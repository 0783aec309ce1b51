import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const ingress = (body: JsonObject): JsonObject => make('networking.k8s.io/v1 Ingress', 'shop/web', body);
const named = ingress({ spec: { ingressClassName: 'outside' } });
const unnamed = ingress({ spec: {} });
const ingressClass = (name: string, annotations: JsonObject = {}): JsonObject =>
  make('networking.k8s.io/v1 IngressClass', name, { metadata: { annotations } });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its class does not exist',
      objects: [named, ingressClass('inside')],
      finds: [{ object: 'Ingress shop/web', severity: 'critical', says: /no IngressClass outside/ }],
    },
    {
      because: 'it names none and there is no default',
      objects: [unnamed, ingressClass('inside')],
      finds: [{ object: 'Ingress shop/web', severity: 'notice', says: /no class/ }],
    },
  ],
  green: [
    { because: 'its class exists', objects: [named, ingressClass('outside')] },
    {
      because: 'the default class takes it',
      objects: [unnamed, ingressClass('inside', { 'ingressclass.kubernetes.io/is-default-class': 'true' })],
    },
    {
      because: 'a controller has given it an address',
      objects: [ingress({ spec: {}, status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } } })],
    },
    {
      because: 'it names its controller in the old way',
      objects: [ingress({ metadata: { annotations: { 'kubernetes.io/ingress.class': 'outside' } }, spec: {} })],
    },
  ],
};
