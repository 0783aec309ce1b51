import type { JsonObject } from '../../../../kit/index.ts';
import { ago, condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const api = 'gateway.networking.k8s.io/v1';
const gateway = make(`${api} Gateway`, 'edge/public', { spec: { listeners: [{ name: 'https' }] } });
const accepted = { parents: [{ conditions: [condition('Accepted', 'True')] }] };
const route = (parent: JsonObject, body: JsonObject = {}): JsonObject =>
  make(`${api} HTTPRoute`, 'shop/web', { spec: { parentRefs: [parent] }, ...body });
const object = 'HTTPRoute shop/web';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its Gateway is looked for in the wrong namespace',
      objects: [gateway, route({ name: 'public' }, { status: accepted })],
      finds: [{ object, severity: 'critical', says: /no Gateway shop\/public/ }],
    },
    {
      because: 'its Gateway has no such listener',
      objects: [gateway, route({ name: 'public', namespace: 'edge', sectionName: 'http' }, { status: accepted })],
      finds: [{ object, severity: 'critical', says: /no listener http/ }],
    },
    {
      because: 'its Gateway does not accept it',
      objects: [
        gateway,
        route(
          { name: 'public', namespace: 'edge' },
          {
            status: {
              parents: [{ conditions: [condition('Accepted', 'False', { reason: 'NotAllowedByListeners' })] }],
            },
          },
        ),
      ],
      finds: [{ object, severity: 'critical', says: /does not accept/ }],
    },
    {
      because: 'nobody answers for it',
      objects: [gateway, route({ name: 'public', namespace: 'edge' })],
      finds: [{ object, severity: 'warning', says: /no Gateway has answered/ }],
    },
  ],
  green: [
    {
      because: 'it is accepted',
      objects: [gateway, route({ name: 'public', namespace: 'edge', sectionName: 'https' }, { status: accepted })],
    },
    { because: 'its parent is a Service, for a mesh', objects: [route({ group: '', kind: 'Service', name: 'web' })] },
    {
      because: 'it was made a minute ago',
      objects: [
        gateway,
        route({ name: 'public', namespace: 'edge' }, { metadata: { creationTimestamp: ago(1, 'minutes') } }),
      ],
    },
  ],
};
