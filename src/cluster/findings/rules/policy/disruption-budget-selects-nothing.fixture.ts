import type { JsonObject } from '../../../../kit/index.ts';
import { deployment, fixtureNow, make, owner, pod } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const budget = (selector: JsonObject | undefined, metadata: JsonObject = {}): JsonObject =>
  make('policy/v1 PodDisruptionBudget', 'shop/web', { metadata, spec: selector === undefined ? {} : { selector } });
const web = budget({ matchLabels: { app: 'web' } });
const finds = [{ object: 'PodDisruptionBudget shop/web', severity: 'notice', says: /keeps nothing up/ }] as const;

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    { because: 'no pod has the label', objects: [web, pod('shop/api-1', 'api'), pod('other/web-1', 'web')], finds },
    { because: 'it has no selector', objects: [budget(undefined), pod('shop/web-1', 'web')], finds },
  ],
  green: [
    { because: 'a pod has the label', objects: [web, pod('shop/web-1', 'web')] },
    { because: 'a parked workload has it', objects: [web, deployment('shop/web', 'web', { replicas: 0 })] },
    { because: 'it is for every pod of a namespace that has none now', objects: [budget({})] },
    {
      because: 'it belongs to a database without replicas',
      objects: [
        budget(
          { matchLabels: { role: 'replica' } },
          { ownerReferences: owner('postgresql.cnpg.io/v1', 'Cluster', 'shared') },
        ),
      ],
    },
  ],
};
