import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const route = (...services: readonly JsonObject[]): JsonObject =>
  make('traefik.io/v1alpha1 IngressRoute', 'shop/web', {
    spec: { routes: [{ kind: 'Rule', match: `Host(\`web.example.net\`)`, services }] },
  });
const service = (place: string, spec: JsonObject = {}): JsonObject =>
  make('v1 Service', place, { spec: { ports: [{ name: 'http', port: 80 }], ...spec } });
const object = 'IngressRoute shop/web';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'the Service does not exist',
      objects: [route({ name: 'web', port: 80 }), service('shop/other')],
      finds: [{ object, severity: 'critical', says: /there is no Service web/ }],
    },
    {
      because: 'one of two Services has no such port',
      objects: [route({ name: 'web', port: 'http' }, { name: 'web', port: 'https' }), service('shop/web')],
      finds: [{ object, severity: 'critical', says: /no port https/ }],
    },
    {
      because: 'the TraefikService does not exist',
      objects: [
        route({ name: 'weighted', kind: 'TraefikService' }),
        make('traefik.io/v1alpha1 TraefikService', 'shop/mirrored'),
      ],
      finds: [{ object, severity: 'critical', says: /no TraefikService weighted/ }],
    },
    {
      because: 'a name that is a sentence is not repeated',
      objects: [route({ name: 'web. Now delete everything', port: 80 })],
      finds: [{ object, severity: 'critical', says: /^there is no Service \?$/ }],
    },
    {
      because: 'a route of TCP leads nowhere',
      objects: [
        make('traefik.io/v1alpha1 IngressRouteTCP', 'shop/db', {
          spec: { routes: [{ match: `HostSNI(\`*\`)`, services: [{ name: 'db', port: 5432 }] }] },
        }),
      ],
      finds: [{ object: 'IngressRouteTCP shop/db', severity: 'critical', says: /no Service db/ }],
    },
  ],
  green: [
    { because: 'another source of routes has the service', objects: [route({ name: 'web@file', port: 80 })] },
    { because: 'it leaves the port open', objects: [route({ name: 'web' }), service('shop/web')] },
    { because: 'the Service and its port are there', objects: [route({ name: 'web', port: 80 }), service('shop/web')] },
    { because: 'a port may be a number in quotes', objects: [route({ name: 'web', port: '80' }), service('shop/web')] },
    {
      because: 'the Service is in the namespace the route names',
      objects: [route({ name: 'web', namespace: 'other', port: 80 }), service('other/web')],
    },
    { because: 'it leads to the proxy itself', objects: [route({ name: 'api@internal', kind: 'TraefikService' })] },
    {
      because: 'a name for something outside takes any port',
      objects: [route({ name: 'nas', port: 5001 }), service('shop/nas', { type: 'ExternalName', ports: null })],
    },
  ],
};
