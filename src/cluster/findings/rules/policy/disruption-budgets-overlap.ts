import type { ClusterObject } from '../../../reader.ts';
import { listed } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { budgetSelector } from './shared-budget.ts';

export const disruptionBudgetsOverlap: Rule = {
  id: 'disruption-budgets-overlap',
  title: 'Two PodDisruptionBudgets for the same pods: the API server refuses to evict a pod that has more than one.',
  needs: { pods: { metadata: { labels: true } }, 'poddisruptionbudgets.policy': { spec: { selector: true } } },
  *find(view) {
    const budgetsOf = new Map<ClusterObject, ClusterObject[]>();
    for (const budget of view.all('poddisruptionbudgets.policy')) {
      const selector = budgetSelector(budget);
      if (selector === undefined) continue;
      for (const pod of view.selected('pods', budget.namespace, selector)) {
        const known = budgetsOf.get(pod);
        if (known === undefined) budgetsOf.set(pod, [budget]);
        else known.push(budget);
      }
    }
    const rivals = new Map<ClusterObject, Set<string>>();
    for (const [first, ...others] of budgetsOf.values()) {
      if (first === undefined || others.length === 0) continue;
      const names = rivals.get(first) ?? new Set();
      for (const { name } of others) names.add(name);
      rivals.set(first, names);
    }
    for (const [budget, names] of rivals) {
      yield {
        severity: 'warning',
        object: budget,
        summary: `its pods cannot be evicted at all: ${listed([...names])} is for the same ones`,
        next: describeCall(budget),
      };
    }
  },
};
