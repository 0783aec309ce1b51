import { at } from '../../../fields.ts';
import { ownerOf } from '../../../owner.ts';
import { templateLabels, templateNeeds, templatesFor } from '../../../pod/template.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { budgetSelector } from './shared-budget.ts';

export const disruptionBudgetSelectsNothing: Rule = {
  id: 'disruption-budget-selects-nothing',
  title: 'A PodDisruptionBudget whose selector fits no pod and nothing that makes pods: it keeps nothing up.',
  needs: {
    ...templateNeeds(templateLabels),
    pods: { metadata: { labels: true } },
    'poddisruptionbudgets.policy': { spec: { selector: true } },
  },
  *find(view) {
    for (const budget of view.all('poddisruptionbudgets.policy')) {
      const selector = budgetSelector(budget);
      const everyPod = Object.keys(at(budget.body, 'spec', 'selector') ?? {}).length === 0;
      if (ownerOf(budget) !== undefined || (selector !== undefined && everyPod)) continue;
      if (selector !== undefined && view.selected('pods', budget.namespace, selector).length > 0) continue;
      if (selector !== undefined && templatesFor(view, budget.namespace, selector).length > 0) continue;
      yield {
        severity: 'notice',
        object: budget,
        summary: 'its selector fits no pod and no workload of the namespace: it keeps nothing up',
        next: describeCall(budget),
      };
    }
  },
};
