import { at } from '../fields.ts';
import { readKinds } from '../read-kinds.ts';
import type { ClusterReader } from '../reader.ts';
import type { LabelSelector } from '../selector.ts';
import { matches } from '../selector.ts';
import { podSelectorOf, serviceShape } from '../service/service.ts';
import type { Candidate } from './candidate.ts';
import { leadsTo, type Route, readRoutes, type ServiceRef } from './routes.ts';

const template = { metadata: { labels: true } } as const;
const templated = { spec: { template } } as const;

export interface BehindReading {
  readonly hits: readonly Candidate[];
  readonly unread: readonly string[];
}

/** What a host name leads to: the workloads behind its Services; where there are none, the Service; failing that, the route. */
export async function readBehindHost(
  cluster: ClusterReader,
  word: string,
  { namespace, signal }: { readonly namespace: string | undefined; readonly signal: AbortSignal },
): Promise<BehindReading> {
  const { routes, unread } = await readRoutes(cluster, namespace, signal);
  const leading = routes.filter((route) => leadsTo(route, word));
  // A name that is written out is meant before a wildcard that covers it.
  const exact = leading.filter(({ host }) => !host.startsWith('*.'));
  const hits = new Map<string, Candidate>();
  const missing = new Set(unread);
  for (const route of exact.length > 0 ? exact : leading) {
    const behind = await behindRoute(cluster, route, signal);
    for (const hit of behind.hits) hits.set(`${hit.kind.kind} ${hit.object.namespace}/${hit.object.name}`, hit);
    for (const id of behind.unread) missing.add(id);
  }
  return { hits: [...hits.values()], unread: [...missing] };
}

async function behindRoute(cluster: ClusterReader, route: Route, signal: AbortSignal): Promise<BehindReading> {
  const readings = await Promise.all(route.services.map((service) => behindService(cluster, service, signal)));
  const hits = readings.flatMap((reading) => reading.hits);
  return { hits: hits.length > 0 ? hits : [route], unread: readings.flatMap((reading) => reading.unread) };
}

async function behindService(
  cluster: ClusterReader,
  { namespace, name }: ServiceRef,
  signal: AbortSignal,
): Promise<BehindReading> {
  const fieldSelector = `metadata.name=${name}`;
  const { found, unread } = await readKinds(
    cluster,
    { services: { namespace, fieldSelector, shape: serviceShape } },
    signal,
  );
  const services = found.flatMap(({ kind, objects }) => objects.map((object): Candidate => ({ kind, object })));
  const readings = await Promise.all(
    services.map(async (service) => {
      const behind = await readSelected(cluster, namespace, podSelectorOf(service.object), signal);
      return behind.hits.length > 0 ? behind : { ...behind, hits: [service] };
    }),
  );
  return {
    hits: readings.flatMap(({ hits }) => hits),
    unread: [...unread, ...readings.flatMap((reading) => reading.unread)],
  };
}

/** The workloads whose pods a Service's selector selects, whether any pod is there now or not. */
async function readSelected(
  cluster: ClusterReader,
  namespace: string,
  selector: LabelSelector | undefined,
  signal: AbortSignal,
): Promise<BehindReading> {
  if (selector === undefined) return { hits: [], unread: [] };
  const list = { namespace, shape: templated };
  const { found, unread } = await readKinds(
    cluster,
    { 'deployments.apps': list, 'statefulsets.apps': list, 'daemonsets.apps': list },
    signal,
  );
  const hits = found.flatMap(({ kind, objects }) =>
    objects
      .filter(({ body }) => matches(selector, at(body, 'spec', 'template', 'metadata', 'labels') ?? {}))
      .map((object): Candidate => ({ kind, object })),
  );
  return { hits, unread };
}
