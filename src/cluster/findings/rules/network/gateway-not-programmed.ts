import type { JsonObject } from '../../../../kit/index.ts';
import { at, dateAt, listAt, millisecondsSince, textAt } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { ClusterView } from '../../../view.ts';
import { listed, nameText, outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Finding, Rule } from '../../rule.ts';
import { patienceMs } from './shared-gateway.ts';

export const gatewayNotProgrammed: Rule = {
  id: 'gateway-not-programmed',
  title: 'A Gateway without its class, refused, not carried out, or with a listener that does not work.',
  needs: {
    'gatewayclasses.gateway.networking.k8s.io': {},
    'gateways.gateway.networking.k8s.io': {
      spec: { gatewayClassName: true },
      status: { conditions: true, listeners: { name: true, conditions: true } },
    },
  },
  *find(view) {
    for (const gateway of view.all('gateways.gateway.networking.k8s.io')) {
      const finding = judged(view, gateway);
      if (finding !== undefined) yield { object: gateway, next: describeCall(gateway), ...finding };
    }
  },
};

function judged(view: ClusterView, gateway: ClusterObject): Omit<Finding, 'object'> | undefined {
  const named = textAt(at(gateway.body, 'spec'), 'gatewayClassName');
  if (named !== undefined && view.get('gatewayclasses.gateway.networking.k8s.io', '', named) === undefined) {
    return {
      severity: 'critical',
      summary: `there is no GatewayClass ${nameText(named)}`,
      next: 'kubectl_get kind=gatewayclasses',
    };
  }
  const status = at(gateway.body, 'status');
  const conditions = listAt(status, 'conditions');
  const refused = conditions.find(isBroken);
  if (refused !== undefined) {
    const said = refused['type'] === 'Accepted' ? 'its controller refuses it' : 'it is not carried out';
    return { severity: 'critical', summary: said, ...saidBy(refused) };
  }
  const broken = listAt(status, 'listeners').filter((listener) => listAt(listener, 'conditions').some(isBroken));
  const [first] = broken.flatMap((listener) => listAt(listener, 'conditions').filter(isBroken));
  if (first !== undefined) {
    const names = listed(broken.map((listener) => nameText(listener['name'])));
    return { severity: 'critical', summary: `listener ${names} does not work`, ...saidBy(first) };
  }
  const programmed = conditions.some(({ type, status: value }) => type === 'Programmed' && value === 'True');
  if (programmed || (millisecondsSince(gateway.created, view.now) ?? 0) < patienceMs) return undefined;
  return { severity: 'warning', summary: 'no controller has carried it out' };
}

function isBroken({ type, status }: JsonObject): boolean {
  if (type === 'Conflicted') return status === 'True';
  return (type === 'Accepted' || type === 'Programmed' || type === 'ResolvedRefs') && status === 'False';
}

function saidBy(condition: JsonObject): Pick<Finding, 'detail' | 'since'> {
  return {
    detail: outsideText(textAt(condition, 'reason'), textAt(condition, 'message')),
    since: dateAt(condition, 'lastTransitionTime'),
  };
}
