import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make, owner } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const map = (place: string, body: JsonObject = {}): JsonObject => make('v1 ConfigMap', place, body);

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it has no keys',
      objects: [map('shop/settings', { metadata: { labels: { 'app.kubernetes.io/name': 'web' } }, data: {} })],
      finds: [{ object: 'ConfigMap shop/settings', severity: 'notice', says: /nothing/ }],
    },
  ],
  green: [
    {
      because: 'it has a key, or a binary one',
      objects: [map('shop/a', { data: { x: '1' } }), map('shop/b', { binaryData: { x: 'AA==' } })],
    },
    {
      because: 'it is a lock',
      objects: [map('shop/lock', { metadata: { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } } })],
    },
    {
      because: 'it belongs to an operator',
      objects: [map('shop/own', { metadata: { ownerReferences: owner('example.net/v1', 'Widget', 'w') } })],
    },
    { because: 'it is of the cluster itself', objects: [map('kube-system/flags')] },
    {
      because: 'somebody finds it by a label and fills it',
      objects: [map('shop/found', { metadata: { labels: { 'example.net/inject': 'true' } } })],
    },
  ],
};
