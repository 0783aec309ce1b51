import { at, numberAt } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { isBeingDeleted } from '../../../lifecycle.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { isParked, replicasShape } from './shared-replicas.ts';

export const rolloutStuck: Rule = {
  id: 'rollout-stuck',
  title: 'A Deployment has not got on with its rollout within its deadline. One scaled to zero is left alone.',
  needs: { 'deployments.apps': replicasShape },
  *find(view) {
    for (const deployment of view.all('deployments.apps')) {
      if (isParked(deployment) || isBeingDeleted(deployment)) continue;
      const progress = conditionsOf(deployment).find(({ type }) => type === 'Progressing');
      if (progress?.status !== 'False' || progress.reason !== 'ProgressDeadlineExceeded') continue;
      const serves = (numberAt(at(deployment.body, 'status'), 'availableReplicas') ?? 0) > 0;
      yield {
        severity: serves ? 'warning' : 'critical',
        object: deployment,
        summary: 'rollout stuck',
        since: progress.since,
        next: describeCall(deployment),
      };
    }
  },
};
