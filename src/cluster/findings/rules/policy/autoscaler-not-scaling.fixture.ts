import type { JsonObject } from '../../../../kit/index.ts';
import { ago, condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const autoscaler = (...conditions: readonly JsonObject[]): JsonObject =>
  make('autoscaling/v2 HorizontalPodAutoscaler', 'shop/web', { status: { conditions } });
const object = 'HorizontalPodAutoscaler shop/web';
const able = condition('AbleToScale', 'True');

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it gets no metrics',
      objects: [
        autoscaler(
          able,
          condition('ScalingActive', 'False', {
            reason: 'FailedGetResourceMetric',
            message: 'missing request for cpu',
          }),
        ),
      ],
      finds: [{ object, severity: 'warning', says: /no metrics/ }],
    },
    {
      because: 'it cannot scale its target',
      objects: [autoscaler(condition('AbleToScale', 'False', { reason: 'FailedGetScale' }))],
      finds: [{ object, severity: 'warning', says: /cannot scale/ }],
    },
  ],
  green: [
    { because: 'it scales', objects: [autoscaler(able, condition('ScalingActive', 'True'))] },
    {
      because: 'there is nothing to scale, which is another finding',
      objects: [
        make('autoscaling/v2 HorizontalPodAutoscaler', 'shop/web', {
          spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
          status: { conditions: [condition('AbleToScale', 'False', { reason: 'FailedGetScale' })] },
        }),
      ],
    },
    {
      because: 'its target is parked',
      objects: [autoscaler(able, condition('ScalingActive', 'False', { reason: 'ScalingDisabled' }))],
    },
    {
      because: 'the first metrics are on their way',
      objects: [
        autoscaler(
          condition('ScalingActive', 'False', {
            reason: 'FailedGetResourceMetric',
            lastTransitionTime: ago(2, 'minutes'),
          }),
        ),
      ],
    },
  ],
};
