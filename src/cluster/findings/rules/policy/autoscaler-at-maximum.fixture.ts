import type { JsonObject } from '../../../../kit/index.ts';
import { condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const autoscaler = (spec: JsonObject, currentReplicas: number, reason: string, status = 'True'): JsonObject =>
  make('autoscaling/v2 HorizontalPodAutoscaler', 'shop/web', {
    spec,
    status: { currentReplicas, conditions: [condition('ScalingLimited', status, { reason })] },
  });
const upToFive = { minReplicas: 2, maxReplicas: 5 };

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it has as many as it may',
      objects: [autoscaler(upToFive, 5, 'TooManyReplicas')],
      finds: [{ object: 'HorizontalPodAutoscaler shop/web', severity: 'warning', says: /maximum of 5/ }],
    },
  ],
  green: [
    { because: 'it would have fewer than it must', objects: [autoscaler(upToFive, 2, 'TooFewReplicas')] },
    { because: 'it is on its way up', objects: [autoscaler(upToFive, 3, 'TooManyReplicas')] },
    { because: 'it has five and wants five', objects: [autoscaler(upToFive, 5, 'DesiredWithinRange', 'False')] },
    {
      because: 'it may only have one number',
      objects: [autoscaler({ minReplicas: 5, maxReplicas: 5 }, 5, 'TooManyReplicas')],
    },
  ],
};
