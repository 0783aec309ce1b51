import type { JsonObject } from '../../kit/index.ts';
import { at, listAt, textAt, textsAt } from '../fields.ts';
import { kindId } from '../kind.ts';
import { readKinds } from '../read-kinds.ts';
import type { ClusterObject, ClusterReader } from '../reader.ts';
import type { Shape } from '../shape.ts';
import type { Candidate } from './candidate.ts';

/** One host name, the object that says so, and the Services it leads to. */
export interface Route extends Candidate {
  /** Lowercase; `*.example.net` stands for any name below. */
  readonly host: string;
  readonly services: readonly ServiceRef[];
}

export interface ServiceRef {
  readonly namespace: string;
  readonly name: string;
}

export function isAt({ namespace, name }: ClusterObject, ref: ServiceRef): boolean {
  return namespace === ref.namespace && name === ref.name;
}

type Lead = Omit<Route, keyof Candidate>;

const backend: Shape = { service: { name: true } };

const shapes: Readonly<Record<string, Shape>> = {
  'ingresses.networking.k8s.io': {
    spec: { defaultBackend: backend, rules: { host: true, http: { paths: { backend } } } },
  },
  'ingressroutes.traefik.io': {
    spec: { routes: { match: true, services: { name: true, namespace: true, kind: true } } },
  },
  'httproutes.gateway.networking.k8s.io': {
    spec: { hostnames: true, rules: { backendRefs: { name: true, namespace: true, kind: true } } },
  },
};

const readers: Readonly<Record<string, (object: ClusterObject) => readonly Lead[]>> = {
  'ingresses.networking.k8s.io': ingressHosts,
  'ingressroutes.traefik.io': ingressRouteHosts,
  'httproutes.gateway.networking.k8s.io': httpRouteHosts,
};

export interface RoutesReading {
  readonly routes: readonly Route[];
  readonly unread: readonly string[];
}

/** Every host that leads somewhere; a namespace narrows to the routes that stand in it. */
export async function readRoutes(
  cluster: ClusterReader,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<RoutesReading> {
  const wanted = Object.fromEntries(Object.entries(shapes).map(([id, shape]) => [id, { namespace, shape }]));
  const { found, unread } = await readKinds(cluster, wanted, signal);
  const routes = found.flatMap(({ kind, objects }) => objects.flatMap((object) => routesOf({ kind, object })));
  return { routes, unread };
}

/** The hosts of one object, each with where it leads; none of a kind that has no hosts. */
export function routesOf({ kind, object }: Candidate): readonly Route[] {
  return (readers[kindId(kind)]?.(object) ?? []).map((lead) => ({ kind, object, ...lead }));
}

/** A word without dots is the first label of a host. */
export function leadsTo({ host }: Route, word: string): boolean {
  const wanted = word.toLowerCase();
  if (!wanted.includes('.')) return host.startsWith(`${wanted}.`);
  return host === wanted || (host.startsWith('*.') && wanted.endsWith(host.slice(1)));
}

const hostName = /^(?:\*\.)?[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

function leading(hosts: readonly string[], services: readonly ServiceRef[]): readonly Lead[] {
  const plain = hosts.map((host) => host.toLowerCase()).filter((host) => hostName.test(host));
  return [...new Set(plain)].map((host) => ({ host, services }));
}

function ingressHosts({ body, namespace }: ClusterObject): readonly Lead[] {
  const spec = at(body, 'spec');
  const fallback = at(spec, 'defaultBackend');
  return listAt(spec, 'rules').flatMap((rule) => {
    const paths = listAt(at(rule, 'http'), 'paths').map((path) => at(path, 'backend'));
    const names = [...paths, fallback].map((one) => textAt(at(one, 'service'), 'name'));
    const services = names.map((name) => ({ name }));
    return leading([textAt(rule, 'host') ?? ''], referred(services, namespace));
  });
}

/** Traefik's rule language: ``Host(`a.example.net`) && PathPrefix(`/x`)``. */
function ingressRouteHosts({ body, namespace }: ClusterObject): readonly Lead[] {
  return listAt(at(body, 'spec'), 'routes').flatMap((route) => {
    const match = textAt(route, 'match') ?? '';
    const hosts = [...match.matchAll(/\bHost\(([^)]{1,2000})\)/g)].flatMap(([, names = '']) =>
      [...names.matchAll(/[`"]([^`"]+)[`"]/g)].map(([, name = '']) => name),
    );
    return leading(hosts, backends(listAt(route, 'services'), namespace));
  });
}

function httpRouteHosts({ body, namespace }: ClusterObject): readonly Lead[] {
  const spec = at(body, 'spec');
  const references = listAt(spec, 'rules').flatMap((rule) => listAt(rule, 'backendRefs'));
  return leading(textsAt(spec, 'hostnames'), backends(references, namespace));
}

/** References to Services; one without a kind is one. */
function backends(references: readonly JsonObject[], namespace: string): readonly ServiceRef[] {
  const services = references.filter((reference) => (textAt(reference, 'kind') ?? 'Service') === 'Service');
  return referred(
    services.map((reference) => ({ name: textAt(reference, 'name'), namespace: textAt(reference, 'namespace') })),
    namespace,
  );
}

const dnsName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Names somebody wrote: only what can be the name of a Service is one. */
function referred(
  references: readonly { readonly name: string | undefined; readonly namespace?: string | undefined }[],
  namespace: string,
): readonly ServiceRef[] {
  const named = new Map<string, ServiceRef>();
  for (const { name, namespace: given = namespace } of references) {
    if (name !== undefined && dnsName.test(name) && dnsName.test(given))
      named.set(`${given}/${name}`, { namespace: given, name });
  }
  return [...named.values()];
}
