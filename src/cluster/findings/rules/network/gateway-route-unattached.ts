import type { JsonObject } from '../../../../kit/index.ts';
import { at, dateAt, listAt, millisecondsSince, textAt } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { ClusterView } from '../../../view.ts';
import { nameText, outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Finding, Rule } from '../../rule.ts';
import { parentConditions, patienceMs, refersTo, routeNeeds, routesIn } from './shared-gateway.ts';

export const gatewayRouteUnattached: Rule = {
  id: 'gateway-route-unattached',
  title: 'A Gateway API route whose Gateway or listener does not exist, or that its Gateway does not accept.',
  needs: {
    ...routeNeeds({ parentRefs: true }),
    'gateways.gateway.networking.k8s.io': { spec: { listeners: { name: true } } },
  },
  *find(view) {
    for (const route of routesIn(view)) {
      const finding = judged(view, route);
      if (finding !== undefined) yield { object: route, next: describeCall(route), ...finding };
    }
  },
};

function judged(view: ClusterView, route: ClusterObject): Omit<Finding, 'object'> | undefined {
  const gateways = listAt(at(route.body, 'spec'), 'parentRefs').filter((parent) =>
    refersTo(parent, 'gateway.networking.k8s.io', 'Gateway'),
  );
  for (const parent of gateways) {
    const missing = missingParent(view, route, parent);
    if (missing !== undefined) return { severity: 'critical', summary: missing };
  }
  const accepted = parentConditions(route, 'Accepted');
  const refused = accepted.find(({ status }) => status === 'False');
  if (refused !== undefined) {
    return {
      severity: 'critical',
      summary: 'a Gateway does not accept it',
      detail: outsideText(textAt(refused, 'reason'), textAt(refused, 'message')),
      since: dateAt(refused, 'lastTransitionTime'),
    };
  }
  const waited = (millisecondsSince(route.created, view.now) ?? 0) >= patienceMs;
  return gateways.length > 0 && accepted.length === 0 && waited
    ? { severity: 'warning', summary: 'no Gateway has answered for it' }
    : undefined;
}

function missingParent(view: ClusterView, route: ClusterObject, parent: JsonObject): string | undefined {
  const name = textAt(parent, 'name') ?? '';
  const namespace = textAt(parent, 'namespace') ?? route.namespace;
  const gateway = view.get('gateways.gateway.networking.k8s.io', namespace, name);
  if (gateway === undefined) return `there is no Gateway ${nameText(namespace)}/${nameText(name)}`;
  const section = textAt(parent, 'sectionName');
  const listeners = listAt(at(gateway.body, 'spec'), 'listeners');
  if (section === undefined || listeners.some((listener) => listener['name'] === section)) return undefined;
  return `Gateway ${nameText(name)} has no listener ${nameText(section)}`;
}
