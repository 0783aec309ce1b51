import { at, millisecondsSince, textAt } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { patienceMs } from './shared-gateway.ts';

export const gatewayClassNotAccepted: Rule = {
  id: 'gateway-class-not-accepted',
  title: 'A GatewayClass that its controller has refused, or that no controller has answered for five minutes.',
  needs: {
    'gatewayclasses.gateway.networking.k8s.io': { status: { conditions: true } },
    'gateways.gateway.networking.k8s.io': { spec: { gatewayClassName: true } },
  },
  *find(view) {
    const used = new Set(
      view.all('gateways.gateway.networking.k8s.io').map(({ body }) => textAt(at(body, 'spec'), 'gatewayClassName')),
    );
    for (const gatewayClass of view.all('gatewayclasses.gateway.networking.k8s.io')) {
      const accepted = conditionsOf(gatewayClass).find(({ type }) => type === 'Accepted');
      if (accepted?.status === 'True') continue;
      if ((millisecondsSince(gatewayClass.created, view.now) ?? 0) < patienceMs) continue;
      yield {
        severity: used.has(gatewayClass.name) ? 'critical' : 'warning',
        object: gatewayClass,
        summary: accepted?.status === 'False' ? 'its controller refuses it' : 'no controller answers for it',
        detail: outsideText(accepted?.reason, accepted?.message),
        since: accepted?.since,
        next: describeCall(gatewayClass),
      };
    }
  },
};
