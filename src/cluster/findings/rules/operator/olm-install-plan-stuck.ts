import { at, textAt } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

export const olmInstallPlanStuck: Rule = {
  id: 'olm-install-plan-stuck',
  title: 'An OLM InstallPlan that failed, or that waits for somebody to approve it.',
  needs: {
    'installplans.operators.coreos.com': { spec: { approved: true }, status: { phase: true, conditions: true } },
  },
  *find(view) {
    for (const plan of view.all('installplans.operators.coreos.com')) {
      const phase = textAt(at(plan.body, 'status'), 'phase');
      const waits = phase === 'RequiresApproval' && at(plan.body, 'spec')?.['approved'] !== true;
      if (phase !== 'Failed' && !waits) continue;
      const failing = conditionsOf(plan).find(({ status }) => status === 'False');
      yield {
        severity: waits ? 'notice' : 'warning',
        object: plan,
        summary: waits ? 'an update waits for an approval' : 'it failed',
        detail: waits ? undefined : outsideText(failing?.reason, failing?.message),
        since: failing?.since ?? plan.created,
        next: describeCall(plan),
      };
    }
  },
};
