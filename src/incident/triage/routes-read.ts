import {
  at,
  type ClusterReader,
  listAt,
  type Route,
  readRoutes,
  refText,
  servedKind,
  textAt,
} from '../../cluster/index.ts';

/** A route that asks somebody else who may pass, and the Service it asks: a login in front of it. */
export interface Middleware {
  readonly route: string;
  readonly service: { readonly namespace: string; readonly name: string };
}

export interface RoutesRead {
  readonly routes: readonly Route[];
  readonly middlewares: readonly Middleware[];
  /** Kinds that could not be read. */
  readonly unread: readonly string[];
}

/** Hosts and where they lead, and what Traefik asks before. Throws what the reader throws. */
export async function readWays(reader: ClusterReader, signal: AbortSignal): Promise<RoutesRead> {
  const { routes, unread } = await readRoutes(reader, undefined, signal);
  return { routes, middlewares: await readMiddlewares(reader, signal), unread };
}

async function readMiddlewares(reader: ClusterReader, signal: AbortSignal): Promise<readonly Middleware[]> {
  const [middleware, route, ingress] = await Promise.all(
    ['middlewares.traefik.io', 'ingressroutes.traefik.io', 'ingresses.networking.k8s.io'].map((id) =>
      servedKind(reader, id, signal),
    ),
  );
  if (middleware === undefined) return [];
  const shape = { spec: { forwardAuth: { address: true } } } as const;
  const asked = new Map<string, Middleware['service']>();
  for (const { namespace, name, body } of (await reader.list(middleware, { shape, signal })).objects) {
    const service = serviceIn(textAt(at(body, 'spec', 'forwardAuth'), 'address') ?? '', namespace);
    if (service !== undefined) asked.set(`${namespace}/${name}`, service);
  }
  if (asked.size === 0) return [];
  const found: Middleware[] = [];
  if (route !== undefined) {
    const routes = { spec: { routes: { middlewares: true } } } as const;
    for (const object of (await reader.list(route, { shape: routes, signal })).objects) {
      for (const one of listAt(at(object.body, 'spec'), 'routes').flatMap((each) => listAt(each, 'middlewares'))) {
        const service = asked.get(`${textAt(one, 'namespace') ?? object.namespace}/${textAt(one, 'name') ?? ''}`);
        if (service !== undefined) found.push({ route: refText(object), service });
      }
    }
  }
  if (ingress !== undefined) {
    const annotated = { metadata: { annotations: true } } as const;
    for (const object of (await reader.list(ingress, { shape: annotated, signal })).objects) {
      const named =
        textAt(at(object.body, 'metadata', 'annotations'), 'traefik.ingress.kubernetes.io/router.middlewares') ?? '';
      for (const [place, service] of asked) {
        if (named.split(',').some((one) => one.trim() === `${place.replace('/', '-')}@kubernetescrd`)) {
          found.push({ route: refText(object), service });
        }
      }
    }
  }
  return found;
}

/** `http://authelia.auth.svc.cluster.local:9091/api`: the Service `auth/authelia`. */
function serviceIn(address: string, namespace: string): Middleware['service'] | undefined {
  const host = /^https?:\/\/([a-z0-9-]+)(?:\.([a-z0-9-]+))?(?:\.svc[a-z0-9.-]*)?(?::\d+)?(?:\/|$)/.exec(address);
  return host?.[1] === undefined ? undefined : { name: host[1], namespace: host[2] ?? namespace };
}
