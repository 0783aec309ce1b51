import { at, listAt } from '../../../fields.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

export const networkPolicyAllowsAll: Rule = {
  id: 'network-policy-allows-all',
  title: 'A NetworkPolicy that lets everybody reach every pod of its namespace, whatever other policies say.',
  needs: { 'networkpolicies.networking.k8s.io': { spec: { podSelector: true, ingress: true, policyTypes: true } } },
  *find(view) {
    for (const policy of view.all('networkpolicies.networking.k8s.io')) {
      const spec = at(policy.body, 'spec');
      const everyPod = Object.keys(at(spec, 'podSelector') ?? {}).length === 0;
      const types = spec?.['policyTypes'];
      const aboutIngress = !Array.isArray(types) || types.includes('Ingress');
      const everybody = listAt(spec, 'ingress').some((rule) => isEmpty(rule['from']) && isEmpty(rule['ports']));
      if (!everyPod || !aboutIngress || !everybody) continue;
      yield {
        severity: 'notice',
        object: policy,
        summary:
          'it lets everybody reach every pod of the namespace; policies only add up, so others shut nothing there',
        next: describeCall(policy),
      };
    }
  },
};

function isEmpty(list: unknown): boolean {
  return !Array.isArray(list) || list.length === 0;
}
