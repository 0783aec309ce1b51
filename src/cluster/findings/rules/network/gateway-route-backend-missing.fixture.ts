import type { JsonObject } from '../../../../kit/index.ts';
import { condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const route = (backends: readonly JsonObject[], status: JsonObject = {}): JsonObject =>
  make('gateway.networking.k8s.io/v1 HTTPRoute', 'shop/web', { spec: { rules: [{ backendRefs: backends }] }, status });
const service = (place: string): JsonObject => make('v1 Service', place, { spec: { ports: [{ port: 80 }] } });
const object = 'HTTPRoute shop/web';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because:
        'a Service does not exist and another has no such port; the Gateway says so too, which is not said twice',
      objects: [
        route(
          [
            { name: 'web', port: 8080 },
            { name: 'gone', port: 80 },
          ],
          {
            parents: [{ conditions: [condition('ResolvedRefs', 'False', { reason: 'BackendNotFound' })] }],
          },
        ),
        service('shop/web'),
      ],
      finds: [
        { object, severity: 'critical', says: /Service web has no port 8080/ },
        { object, severity: 'critical', says: /no Service gone/ },
      ],
    },
    {
      because: 'the Service is there, in a namespace that does not let it',
      objects: [
        route([{ name: 'web', namespace: 'other', port: 80 }], {
          parents: [{ conditions: [condition('ResolvedRefs', 'False', { reason: 'RefNotPermitted' })] }],
        }),
        service('other/web'),
      ],
      finds: [{ object, severity: 'critical', says: /cannot use/ }],
    },
  ],
  green: [
    {
      because: 'all is there',
      objects: [
        route([{ name: 'web', port: 80 }], { parents: [{ conditions: [condition('ResolvedRefs', 'True')] }] }),
        service('shop/web'),
      ],
    },
    {
      because: 'it leads to something that is no Service',
      objects: [route([{ group: 'edge.example.net', kind: 'Bucket', name: 'static' }])],
    },
    {
      because: 'it only redirects',
      objects: [make('gateway.networking.k8s.io/v1 HTTPRoute', 'shop/web', { spec: { rules: [{}] } })],
    },
  ],
};
