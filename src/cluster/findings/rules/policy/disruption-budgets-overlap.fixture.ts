import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make, pod } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const budget = (place: string, selector: JsonObject): JsonObject =>
  make('policy/v1 PodDisruptionBudget', place, { spec: { selector } });
const web = budget('shop/web', { matchLabels: { app: 'web' } });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'one is for all pods, the other for some of them; said once',
      objects: [web, budget('shop/all', {}), pod('shop/web-1', 'web'), pod('shop/web-2', 'web')],
      finds: [
        { object: 'PodDisruptionBudget shop/web', severity: 'warning', says: /cannot be evicted at all: all is/ },
      ],
    },
  ],
  green: [
    {
      because: 'each has pods of its own',
      objects: [
        web,
        budget('shop/api', { matchLabels: { app: 'api' } }),
        pod('shop/web-1', 'web'),
        pod('shop/api-1', 'api'),
      ],
    },
    {
      because: 'they are of two namespaces',
      objects: [web, budget('other/all', {}), pod('shop/web-1', 'web'), pod('other/web-1', 'web')],
    },
    { because: 'two say the same of pods there are none of', objects: [web, budget('shop/all', {})] },
  ],
};
