import { at } from '../../../fields.ts';
import { ownerOf } from '../../../owner.ts';
import { templateLabels, templateNeeds, templatesFor } from '../../../pod/template.ts';
import { selectorOf } from '../../../selector.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

export const networkPolicySelectsNothing: Rule = {
  id: 'network-policy-selects-nothing',
  title: 'A NetworkPolicy whose selector fits no pod and nothing that makes pods: it protects nobody.',
  needs: {
    ...templateNeeds(templateLabels),
    pods: { metadata: { labels: true } },
    'networkpolicies.networking.k8s.io': { spec: { podSelector: true } },
  },
  *find(view) {
    for (const policy of view.all('networkpolicies.networking.k8s.io')) {
      const podSelector = at(policy.body, 'spec', 'podSelector');
      const selector = selectorOf(podSelector);
      // An empty one means every pod of the namespace, whenever there is one.
      if (selector === undefined || Object.keys(podSelector ?? {}).length === 0) continue;
      if (ownerOf(policy) !== undefined) continue;
      if (view.selected('pods', policy.namespace, selector).length > 0) continue;
      if (templatesFor(view, policy.namespace, selector).length > 0) continue;
      yield {
        severity: 'notice',
        object: policy,
        summary: 'its selector fits no pod and no workload of the namespace: it protects nobody',
        next: describeCall(policy),
      };
    }
  },
};
