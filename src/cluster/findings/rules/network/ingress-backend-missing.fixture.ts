import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const ingress = (...backends: readonly JsonObject[]): JsonObject =>
  make('networking.k8s.io/v1 Ingress', 'shop/web', {
    spec: {
      rules: [{ host: 'web.example.net', http: { paths: backends.map((backend) => ({ path: '/', backend })) } }],
    },
  });
const to = (name: string, port: JsonObject): JsonObject => ({ service: { name, port } });
const service = (name: string, spec: JsonObject = {}): JsonObject =>
  make('v1 Service', name, { spec: { ports: [{ name: 'http', port: 80 }], ...spec } });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'the Service does not exist, said once for two paths',
      objects: [ingress(to('web', { number: 80 }), to('web', { number: 80 }))],
      finds: [
        { object: 'Ingress shop/web', severity: 'critical', says: /^web\.example\.net: there is no Service web$/ },
      ],
    },
    {
      because: 'the Service is in another namespace, where an Ingress cannot lead',
      objects: [ingress(to('web', { number: 80 })), service('other/web')],
      finds: [{ object: 'Ingress shop/web', severity: 'critical', says: /no Service web/ }],
    },
    {
      because: 'the Service has no such port, by number or by name',
      objects: [ingress(to('web', { number: 8080 }), to('web', { name: 'https' })), service('shop/web')],
      finds: [
        { object: 'Ingress shop/web', severity: 'critical', says: /Service web has no port 8080/ },
        { object: 'Ingress shop/web', severity: 'critical', says: /Service web has no port https/ },
      ],
    },
    {
      because: 'what is left over leads nowhere',
      objects: [
        make('networking.k8s.io/v1 Ingress', 'shop/web', { spec: { defaultBackend: to('web', { number: 80 }) } }),
      ],
      finds: [{ object: 'Ingress shop/web', severity: 'critical', says: /^there is no Service web$/ }],
    },
  ],
  green: [
    {
      because: 'port and Service are there',
      objects: [ingress(to('web', { number: 80 }), to('web', { name: 'http' })), service('shop/web')],
    },
    {
      because: 'a name for something outside has no ports of its own',
      objects: [ingress(to('web', { number: 443 })), service('shop/web', { type: 'ExternalName', ports: null })],
    },
    { because: 'it leads to a bucket', objects: [ingress({ resource: { kind: 'Bucket', name: 'static' } })] },
    { because: 'an annotation says where it leads', objects: [ingress(to('redirect', { name: 'use-annotation' }))] },
  ],
};
