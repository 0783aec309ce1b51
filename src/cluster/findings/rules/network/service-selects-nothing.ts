import { ownerOf } from '../../../owner.ts';
import { templateLabels, templateNeeds, templatesFor } from '../../../pod/template.ts';
import { podSelectorOf, serviceNeeds } from '../../../service/service.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

export const serviceSelectsNothing: Rule = {
  id: 'service-selects-nothing',
  title:
    'A Service whose selector fits no pod and nothing that makes pods; Services an operator keeps are left alone, it knows when they are empty.',
  needs: { ...serviceNeeds, ...templateNeeds(templateLabels), pods: { metadata: { labels: true } } },
  *find(view) {
    for (const service of view.all('services')) {
      const selector = podSelectorOf(service);
      if (selector === undefined || ownerOf(service) !== undefined) continue;
      if (view.selected('pods', service.namespace, selector).length > 0) continue;
      if (templatesFor(view, service.namespace, selector).length > 0) continue;
      yield {
        severity: 'warning',
        object: service,
        summary: 'its selector fits no pod and no workload of the namespace',
        next: describeCall(service),
      };
    }
  },
};
