import { at, listAt, millisecondsSince, textAt } from '../../../fields.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

const patienceMs = 10 * 60_000;

export const loadBalancerPending: Rule = {
  id: 'load-balancer-pending',
  title: 'A Service of type LoadBalancer that nobody has given an address for ten minutes.',
  needs: { services: { spec: { type: true, externalIPs: true }, status: { loadBalancer: true } } },
  *find(view) {
    for (const service of view.all('services')) {
      const spec = at(service.body, 'spec');
      if (textAt(spec, 'type') !== 'LoadBalancer' || Array.isArray(spec?.['externalIPs'])) continue;
      if (listAt(at(service.body, 'status', 'loadBalancer'), 'ingress').length > 0) continue;
      if ((millisecondsSince(service.created, view.now) ?? 0) < patienceMs) continue;
      yield {
        severity: 'warning',
        object: service,
        summary: 'it has no address outside the cluster: no load balancer answers for it',
        since: service.created,
        next: describeCall(service),
      };
    }
  },
};
