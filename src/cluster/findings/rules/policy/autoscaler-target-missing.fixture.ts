import type { JsonObject } from '../../../../kit/index.ts';
import { deployment, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const autoscaler = (apiVersion: string, kind: string): JsonObject =>
  make('autoscaling/v2 HorizontalPodAutoscaler', 'shop/web', {
    spec: { scaleTargetRef: { apiVersion, kind, name: 'web' } },
  });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'the Deployment is in another namespace',
      objects: [autoscaler('apps/v1', 'Deployment'), deployment('other/web', 'web')],
      finds: [{ object: 'HorizontalPodAutoscaler shop/web', severity: 'critical', says: /no Deployment web/ }],
    },
    {
      because: 'a StatefulSet is meant, and a Deployment there',
      objects: [autoscaler('apps/v1', 'StatefulSet'), deployment('shop/web', 'web')],
      finds: [{ object: 'HorizontalPodAutoscaler shop/web', severity: 'critical', says: /no StatefulSet web/ }],
    },
  ],
  green: [
    {
      because: 'its Deployment is there',
      objects: [autoscaler('apps/v1', 'Deployment'), deployment('shop/web', 'web')],
    },
    {
      because: 'it is parked',
      objects: [autoscaler('apps/v1', 'Deployment'), deployment('shop/web', 'web', { replicas: 0 })],
    },
    { because: 'it scales a kind nobody here reads', objects: [autoscaler('rollouts.example.net/v1', 'Rollout')] },
    {
      because: 'a kind of another group only has the same name',
      objects: [autoscaler('example.net/v1', 'Deployment')],
    },
  ],
};
