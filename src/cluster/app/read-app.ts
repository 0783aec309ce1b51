import { at, textAt } from '../fields.ts';
import { healthOf } from '../health/health-of.ts';
import { imageShape, imagesOf } from '../images.ts';
import { kindId } from '../kind.ts';
import { healthShape, type KnownKind } from '../known-kinds.ts';
import { managedBy } from '../managed-by.ts';
import { ownerOf } from '../owner.ts';
import { readKinds } from '../read-kinds.ts';
import type { ClusterObject, ListOptions } from '../reader.ts';
import { endpointNeeds, endpointsOf, podSelectorOf, portsOf, selectsPodsOf } from '../service/service.ts';
import { mergeShapes, type Shape } from '../shape.ts';
import type { Candidate } from '../target/candidate.ts';
import { ownerKeys } from '../target/owners.ts';
import { newestFirst, podShape } from '../target/pods.ts';
import { isAt, leadsTo, type Route, readRoutes } from '../target/routes.ts';
import { createView } from '../view.ts';
import { nameText } from '../words.ts';
import type { App, AppHost, AppPod, AppService, AppWorkload } from './app.ts';
import { type AppRequest, type Meant, readMeant } from './meant.ts';
import { membership } from './members.ts';

const template: Shape = { metadata: { labels: true } };
const made: Shape = mergeShapes(imageShape, {
  metadata: { labels: true, annotations: true },
  spec: { template, jobTemplate: { spec: { template } } },
});
const slices = 'endpointslices.discovery.k8s.io';

const workloadKinds: readonly KnownKind[] = [
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'cronjobs.batch',
  'jobs.batch',
];

/** Throws `target-invalid`, `target-not-found` or, when a name means things in several namespaces, `target-ambiguous`. */
export async function readApp(request: AppRequest & { readonly now: Date }): Promise<App> {
  const { cluster, signal, now } = request;
  const meant = await readMeant(request);
  const [{ found, unread }, { routes, unread: unreadRoutes }] = await Promise.all([
    readKinds(cluster, needs(meant.namespace), signal),
    // Of all namespaces: a route may stand in another than its Service.
    readRoutes(cluster, undefined, signal),
  ]);
  const objects = new Map(found.map((reading) => [kindId(reading.kind), reading.objects]));
  const of = (id: string): readonly ClusterObject[] => objects.get(id) ?? [];
  const all = found
    .filter(({ kind }) => workloadKinds.some((id) => id === kindId(kind)))
    .flatMap((reading) => reading.objects.map((object): Candidate => ({ kind: reading.kind, object })));
  const owning = [...all.map(({ object }) => object), ...of('replicasets.apps')];
  const isMine = membership(meant, { owning, pods: of('pods'), services: of('services'), routes });

  // A Job that a CronJob started is told by the CronJob.
  const workloads = all.filter(({ kind, object }) => kind.kind !== 'Job' || ownerKeys(object).length === 0);
  const mine = [...workloads.filter(({ object }) => isMine(object)), ...customIn(meant, objects, routes)];
  const pods = of('pods').filter(isMine);
  const selected = [...mine.map(({ object }) => object), ...pods];
  const services = of('services').filter(
    (service) => isMine(service) || selected.some((object) => selectsPodsOf(service, object)),
  );
  const view = createView(objects, now);
  return {
    said: meant.said,
    namespace: meant.namespace,
    workloads: mine.map((candidate) => workloadOf(candidate, now)),
    pods: newestFirst(pods).map((object) => podOf(object, now)),
    services: services.map((object): AppService => {
      const isSelecting = podSelectorOf(object) !== undefined;
      const endpoints = isSelecting && !unread.includes(slices) ? endpointsOf(view, object) : undefined;
      return { object, ports: portTexts(object), selects: isSelecting, endpoints };
    }),
    hosts: hostsOf(meant, routes, { isMine, workloads: mine, services, known: objects.get('services') }),
    beside: workloads.filter(({ object }) => !isMine(object)).map((candidate) => workloadOf(candidate, now)),
    unread: [...unread, ...unreadRoutes],
  };
}

function needs(namespace: string): Readonly<Record<string, Omit<ListOptions, 'signal'>>> {
  const workloads = workloadKinds.map((id): [string, Shape] => [id, mergeShapes(healthShape(id), made)]);
  const shapes = { ...Object.fromEntries(workloads), 'replicasets.apps': {}, pods: podShape, ...endpointNeeds };
  return Object.fromEntries(Object.entries(shapes).map(([id, shape]) => [id, { namespace, shape }]));
}

/** What was meant and is of a kind not read here: an operator's own. */
function customIn(
  { picks = [] }: Meant,
  read: ReadonlyMap<string, unknown>,
  routes: readonly Route[],
): readonly Candidate[] {
  const routing = new Set(routes.map(({ kind }) => kindId(kind)));
  return picks.filter(({ kind }) => !read.has(kindId(kind)) && !routing.has(kindId(kind)));
}

function workloadOf(candidate: Candidate, now: Date): AppWorkload {
  const { object } = candidate;
  const owner = ownerOf(object);
  return {
    ...candidate,
    verdict: healthOf(object).judge(object, now),
    images: [...new Set(imagesOf(object))],
    managedBy: managedBy(object, owner === undefined ? [] : [{ ref: owner }]),
  };
}

function podOf(object: ClusterObject, now: Date): AppPod {
  const node = textAt(at(object.body, 'spec'), 'nodeName');
  return { object, verdict: healthOf(object).judge(object, now), node: node && nameText(node) };
}

const mostPorts = 6;

function portTexts(service: ClusterObject): readonly string[] {
  return portsOf(service)
    .slice(0, mostPorts)
    .map(({ port, name }) => {
      const called = typeof name === 'string' && /^[a-z0-9-]{1,15}$/.test(name) ? `/${name}` : '';
      return `${typeof port === 'number' ? port : '?'}${called}`;
    });
}

interface Around {
  readonly isMine: (object: ClusterObject) => boolean;
  readonly workloads: readonly Candidate[];
  readonly services: readonly ClusterObject[];
  /** Every Service of the namespace; undefined when they could not be read. */
  readonly known: readonly ClusterObject[] | undefined;
}

function hostsOf(
  { namespace, picks, word }: Meant,
  routes: readonly Route[],
  { isMine, workloads, services, known }: Around,
): readonly AppHost[] {
  const names = new Set([word, ...workloads.map(({ object }) => object.name)]);
  const isCalledLikeIt = (route: Route): boolean =>
    picks === undefined || names.has(route.object.name) || [...names].some((name) => leadsTo(route, name));
  return routes
    .map((route): AppHost => {
      const here = route.services.filter((ref) => ref.namespace === namespace);
      return {
        route,
        missing: known && here.filter((ref) => !known.some((one) => isAt(one, ref))).map(({ name }) => name),
      };
    })
    .filter(({ route, missing }) => {
      if (route.services.some((ref) => services.some((service) => isAt(service, ref)))) return true;
      if (route.object.namespace !== namespace) return false;
      return isMine(route.object) || (missing?.length !== 0 && isCalledLikeIt(route));
    });
}
