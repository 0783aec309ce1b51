import { at, dateAt, listAt, textAt } from '../../../fields.ts';
import { serviceNeeds } from '../../../service/service.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { missingBackend } from './shared-backend.ts';
import { parentConditions, refersTo, routeNeeds, routesIn } from './shared-gateway.ts';

export const gatewayRouteBackendMissing: Rule = {
  id: 'gateway-route-backend-missing',
  title: 'A Gateway API route that leads to a Service or a port which does not exist or that it may not use.',
  needs: { ...serviceNeeds, ...routeNeeds({ rules: { backendRefs: true } }) },
  *find(view) {
    for (const route of routesIn(view)) {
      const said = new Set<string>();
      for (const backend of listAt(at(route.body, 'spec'), 'rules').flatMap((rule) => listAt(rule, 'backendRefs'))) {
        if (!refersTo(backend, '', 'Service')) continue;
        const namespace = textAt(backend, 'namespace') ?? route.namespace;
        const missing = missingBackend(view, { namespace, name: backend['name'], port: backend['port'] });
        if (missing !== undefined) said.add(missing);
      }
      for (const summary of said) yield { severity: 'critical', object: route, summary, next: describeCall(route) };
      const unresolved = parentConditions(route, 'ResolvedRefs').find(({ status }) => status === 'False');
      if (said.size > 0 || unresolved === undefined) continue;
      yield {
        severity: 'critical',
        object: route,
        summary: 'its Gateway cannot use what it leads to',
        detail: outsideText(textAt(unresolved, 'reason'), textAt(unresolved, 'message')),
        since: dateAt(unresolved, 'lastTransitionTime'),
        next: describeCall(route),
      };
    }
  },
};
