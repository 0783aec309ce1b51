import type { JsonObject } from '../../../../kit/index.ts';
import { at, listAt, textAt } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import { serviceNeeds } from '../../../service/service.ts';
import type { ClusterView } from '../../../view.ts';
import { nameText, outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { missingBackend } from './shared-backend.ts';

const routeKinds = ['ingressroutes.traefik.io', 'ingressroutetcps.traefik.io', 'ingressrouteudps.traefik.io'];
const routes = { spec: { routes: { match: true, services: true } } } as const;

export const routeBackendMissing: Rule = {
  id: 'route-backend-missing',
  title: 'A Traefik route that leads to a Service, a port or a TraefikService which does not exist.',
  needs: {
    ...serviceNeeds,
    ...Object.fromEntries(routeKinds.map((kindId) => [kindId, routes])),
    'traefikservices.traefik.io': {},
  },
  *find(view) {
    for (const object of routeKinds.flatMap((kindId) => view.all(kindId))) {
      for (const route of listAt(at(object.body, 'spec'), 'routes')) {
        for (const service of listAt(route, 'services')) {
          const missing = missingTarget(view, object, service);
          if (missing === undefined) continue;
          yield {
            severity: 'critical',
            object,
            summary: missing,
            detail: outsideText(textAt(route, 'match')),
            next: describeCall(object),
          };
        }
      }
    }
  },
};

function missingTarget(view: ClusterView, route: ClusterObject, service: JsonObject): string | undefined {
  const name = textAt(service, 'name');
  // `api@internal`: of the proxy itself, or of another source of routes.
  if (name?.includes('@') === true) return undefined;
  const namespace = textAt(service, 'namespace') ?? route.namespace;
  if (textAt(service, 'kind') === 'TraefikService') {
    const kindId = 'traefikservices.traefik.io';
    const there = !view.serves(kindId) || (name !== undefined && view.get(kindId, namespace, name) !== undefined);
    return there ? undefined : `there is no TraefikService ${nameText(name)}`;
  }
  const port = service['port'];
  const number = typeof port === 'string' && /^\d{1,5}$/.test(port) ? Number(port) : port;
  return missingBackend(view, { namespace, name, port: number });
}
