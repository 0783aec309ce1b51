import { at, numberAt } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

export const autoscalerAtMaximum: Rule = {
  id: 'autoscaler-at-maximum',
  title: 'A HorizontalPodAutoscaler that would scale further and may not.',
  needs: {
    'horizontalpodautoscalers.autoscaling': {
      spec: { minReplicas: true, maxReplicas: true },
      status: { conditions: true, currentReplicas: true },
    },
  },
  *find(view) {
    for (const autoscaler of view.all('horizontalpodautoscalers.autoscaling')) {
      const limited = conditionsOf(autoscaler).find(({ type }) => type === 'ScalingLimited');
      const spec = at(autoscaler.body, 'spec');
      const most = numberAt(spec, 'maxReplicas') ?? 0;
      const current = numberAt(at(autoscaler.body, 'status'), 'currentReplicas') ?? 0;
      if (limited?.reason !== 'TooManyReplicas' || current < most) continue;
      if ((numberAt(spec, 'minReplicas') ?? 1) >= most) continue;
      yield {
        severity: 'warning',
        object: autoscaler,
        summary: `at its maximum of ${most} replicas, and would add more`,
        since: limited.since,
        next: describeCall(autoscaler),
      };
    }
  },
};
