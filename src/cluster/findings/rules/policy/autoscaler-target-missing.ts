import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { missingTarget, targetNeeds } from './shared-autoscaler.ts';

export const autoscalerTargetMissing: Rule = {
  id: 'autoscaler-target-missing',
  title: 'A HorizontalPodAutoscaler whose workload does not exist.',
  needs: { ...targetNeeds, 'horizontalpodautoscalers.autoscaling': { spec: { scaleTargetRef: true } } },
  *find(view) {
    for (const autoscaler of view.all('horizontalpodautoscalers.autoscaling')) {
      const missing = missingTarget(view, autoscaler);
      if (missing === undefined) continue;
      yield { severity: 'critical', object: autoscaler, summary: missing, next: describeCall(autoscaler) };
    }
  },
};
