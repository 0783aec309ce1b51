import type { JsonObject } from '../../../../kit/index.ts';
import { deployment, fixtureNow, make, owner, pod } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const policy = (podSelector: JsonObject, metadata: JsonObject = {}): JsonObject =>
  make('networking.k8s.io/v1 NetworkPolicy', 'shop/web', { metadata, spec: { podSelector } });
const web = policy({ matchLabels: { app: 'web' } });
const finds = [{ object: 'NetworkPolicy shop/web', severity: 'notice', says: /protects nobody/ }] as const;

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    { because: 'no pod has the label', objects: [web, pod('shop/api-1', 'api'), pod('other/web-1', 'web')], finds },
    {
      because: 'an expression shuts out the only pod',
      objects: [
        policy({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }),
        pod('shop/web-1', 'web'),
      ],
      finds,
    },
  ],
  green: [
    {
      because: 'it belongs to an operator, whose pods come when they are needed',
      objects: [policy({ matchLabels: { app: 'web' } }, { ownerReferences: owner('example.net/v1', 'Widget', 'web') })],
    },
    { because: 'a pod has the label', objects: [web, pod('shop/web-1', 'web')] },
    { because: 'a parked workload has it', objects: [web, deployment('shop/web', 'web', { replicas: 0 })] },
    { because: 'it is for every pod of a namespace that has none now', objects: [policy({})] },
  ],
};
