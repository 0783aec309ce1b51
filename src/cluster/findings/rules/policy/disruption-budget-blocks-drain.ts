import { at, numberAt } from '../../../fields.ts';
import { ownerOf } from '../../../owner.ts';
import { counted } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

export const disruptionBudgetBlocksDrain: Rule = {
  id: 'disruption-budget-blocks-drain',
  title:
    'A PodDisruptionBudget that allows no eviction even while all its pods are healthy, so no node with one can be drained. One that only waits for an unhealthy pod is left alone.',
  needs: {
    'poddisruptionbudgets.policy': {
      status: { desiredHealthy: true, expectedPods: true },
    },
  },
  *find(view) {
    for (const budget of view.all('poddisruptionbudgets.policy')) {
      const status = at(budget.body, 'status');
      const [pods, mustStay] = [numberAt(status, 'expectedPods') ?? 0, numberAt(status, 'desiredHealthy') ?? 0];
      if (pods === 0 || mustStay < pods) continue;
      yield {
        // An operator that keeps a budget moves the pod itself when a node is drained.
        severity: ownerOf(budget) === undefined ? 'warning' : 'notice',
        object: budget,
        summary: `no node with its pods can be drained: it keeps ${mustStay} of ${counted(pods, 'pod')}`,
        next: describeCall(budget),
      };
    }
  },
};
