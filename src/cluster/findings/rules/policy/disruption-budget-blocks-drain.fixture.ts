import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make, owner } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const budget = (
  expectedPods: number,
  desiredHealthy: number,
  currentHealthy: number,
  metadata: JsonObject = {},
): JsonObject =>
  make('policy/v1 PodDisruptionBudget', 'shop/web', {
    metadata,
    status: {
      expectedPods,
      desiredHealthy,
      currentHealthy,
      disruptionsAllowed: Math.max(0, currentHealthy - desiredHealthy),
    },
  });
const object = 'PodDisruptionBudget shop/web';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'as many must stay as there are',
      objects: [budget(2, 2, 2)],
      finds: [{ object, severity: 'warning', says: /it keeps 2 of 2 pods/ }],
    },
    {
      because: 'more must stay than there are',
      objects: [budget(1, 2, 1)],
      finds: [{ object, severity: 'warning', says: /it keeps 2 of 1 pod$/ }],
    },
    {
      because: 'a pod is not healthy, but healthy it would be no better',
      objects: [budget(2, 2, 1)],
      finds: [{ object, severity: 'warning', says: /cannot|can be drained/ }],
    },
    {
      because: 'a database keeps its primary, and moves it when it must',
      objects: [budget(1, 1, 1, { ownerReferences: owner('postgresql.cnpg.io/v1', 'Cluster', 'shared') })],
      finds: [{ object, severity: 'notice', says: /1 of 1 pod$/ }],
    },
  ],
  green: [
    { because: 'one of two may go', objects: [budget(2, 1, 2)] },
    { because: 'one of two is unhealthy, and the other has to stay until it is not', objects: [budget(2, 1, 1)] },
    { because: 'its workload is parked', objects: [budget(0, 2, 0)] },
    { because: 'nobody has looked at it yet', objects: [make('policy/v1 PodDisruptionBudget', 'shop/web')] },
  ],
};
