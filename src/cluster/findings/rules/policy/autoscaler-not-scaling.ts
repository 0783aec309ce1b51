import { millisecondsSince } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { missingTarget, targetNeeds } from './shared-autoscaler.ts';

/** The first metrics of a new workload take a while. */
const patienceMs = 10 * 60_000;

export const autoscalerNotScaling: Rule = {
  id: 'autoscaler-not-scaling',
  title:
    'A HorizontalPodAutoscaler that has had no metrics, or could not scale, for ten minutes. A parked workload is left alone.',
  needs: {
    ...targetNeeds,
    'horizontalpodautoscalers.autoscaling': { spec: { scaleTargetRef: true }, status: { conditions: true } },
  },
  *find(view) {
    for (const autoscaler of view.all('horizontalpodautoscalers.autoscaling')) {
      const failing = conditionsOf(autoscaler).find(
        ({ type, status, reason }) =>
          status === 'False' && (type === 'AbleToScale' || (type === 'ScalingActive' && reason !== 'ScalingDisabled')),
      );
      if (failing === undefined || (millisecondsSince(failing.since, view.now) ?? patienceMs) < patienceMs) continue;
      if (missingTarget(view, autoscaler) !== undefined) continue;
      const unmeasured = failing.type === 'ScalingActive' && /^FailedGet.*Metric/.test(failing.reason ?? '');
      yield {
        severity: 'warning',
        object: autoscaler,
        summary: unmeasured ? 'it does not scale: it gets no metrics' : 'it cannot scale',
        detail: outsideText(failing.reason, failing.message),
        since: failing.since,
        next: describeCall(autoscaler),
      };
    }
  },
};
