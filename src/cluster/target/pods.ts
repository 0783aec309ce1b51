import { at } from '../fields.ts';
import { pod as podHealth } from '../health/pod.ts';
import { kindId } from '../kind.ts';
import { isBeingDeleted } from '../lifecycle.ts';
import type { ClusterObject, ClusterReader } from '../reader.ts';
import { selectorOf, selectorText } from '../selector.ts';
import { mergeShapes, type Shape } from '../shape.ts';
import { ownerKeys, ownersIn } from './owners.ts';
import type { ResolvedTarget } from './resolve.ts';

/**
 * What is read of a pod that belongs to a target (one asked for by its own name is whole):
 *
 *  metadata  labels, ownerReferences, the annotation `kubectl.kubernetes.io/default-container`
 *  spec      nodeName, containers and initContainers with name, image, resources (and an init container's restartPolicy)
 *  status    phase, conditions, container statuses: what `healthOf` judges it by
 */
const container: Shape = { name: true, image: true, resources: true, restartPolicy: true };
export const podShape: Shape = mergeShapes(podHealth.shape === 'metadata' ? {} : podHealth.shape, {
  metadata: { labels: true, annotations: { 'kubectl.kubernetes.io/default-container': true } },
  spec: { nodeName: true, containers: container, initContainers: container },
  status: { startTime: true },
});

export interface PodsOfRequest {
  readonly cluster: ClusterReader;
  readonly resolved: Pick<ResolvedTarget, 'kind' | 'object'>;
  readonly signal: AbortSignal;
}

/**
 * The pods of a target, newest first, terminating ones last: of a workload (through whatever stands between), a CronJob,
 * a Service, a Namespace, a Node, or a custom object whose controller made them. A pod is its own.
 */
export async function podsOf({ cluster, resolved, signal }: PodsOfRequest): Promise<readonly ClusterObject[]> {
  const { kind, object } = resolved;
  const read = (options: PodListOptions): Promise<readonly ClusterObject[]> => listPods(cluster, options, signal);
  switch (kindId(kind)) {
    case 'pods':
      return [object];
    case 'namespaces':
      return read({ namespace: object.name });
    case 'nodes':
      return read({ fieldSelector: `spec.nodeName=${object.name}` });
    case 'services': {
      const selector = selectorText(selectorOf(at(object.body, 'spec', 'selector')) ?? {});
      return selector === undefined ? [] : read({ namespace: object.namespace, selector });
    }
    default: {
      if (object.namespace === '') return [];
      // What another kind calls its selector may select anything.
      const own = Object.hasOwn(betweenKnown, kindId(kind)) ? at(object.body, 'spec', 'selector') : undefined;
      const pods = await read({ namespace: object.namespace, selector: selectorText(selectorOf(own) ?? {}) });
      const owners = await ownersBelow(cluster, resolved, signal);
      return pods.filter((pod) => ownerKeys(pod).some((owner) => owners.has(owner)));
    }
  }
}

/** The pods a label selector selects, in the same order. */
export function podsSelected({
  cluster,
  namespace,
  selector,
  signal,
}: {
  readonly cluster: ClusterReader;
  readonly namespace: string | undefined;
  readonly selector: string;
  readonly signal: AbortSignal;
}): Promise<readonly ClusterObject[]> {
  return listPods(cluster, { namespace, selector }, signal);
}

interface PodListOptions {
  readonly namespace?: string;
  readonly selector?: string | undefined;
  readonly fieldSelector?: string;
}

async function listPods(
  cluster: ClusterReader,
  options: Omit<PodListOptions, 'namespace'> & { readonly namespace?: string | undefined },
  signal: AbortSignal,
): Promise<readonly ClusterObject[]> {
  const { objects } = await cluster.list(await cluster.kind('pods', signal), { ...options, shape: podShape, signal });
  return newestFirst(objects);
}

/** Those that are ending come last. */
export function newestFirst(pods: readonly ClusterObject[]): readonly ClusterObject[] {
  return [...pods].sort(
    (a, b) =>
      Number(isBeingDeleted(a)) - Number(isBeingDeleted(b)) ||
      (b.created?.getTime() ?? 0) - (a.created?.getTime() ?? 0),
  );
}

/** Kinds that may stand between an object and its pods, and of which kinds they are the only ones. */
const between = [
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'replicasets.apps',
  'cronjobs.batch',
  'jobs.batch',
];
const betweenKnown: Readonly<Record<string, readonly string[]>> = {
  'deployments.apps': ['replicasets.apps'],
  'cronjobs.batch': ['jobs.batch'],
  'replicasets.apps': [],
  'statefulsets.apps': [],
  'daemonsets.apps': [],
  'jobs.batch': [],
};

/** The object and everything it owns that may own pods. What cannot be read is an error: no pods may be there unseen. */
async function ownersBelow(
  cluster: ClusterReader,
  { kind, object }: Pick<ResolvedTarget, 'kind' | 'object'>,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const ids = betweenKnown[kindId(kind)] ?? between;
  const readings = await Promise.all(
    ids.map(async (id) =>
      cluster.list(await cluster.kind(id, signal), { namespace: object.namespace, shape: 'metadata', signal }),
    ),
  );
  return ownersIn(
    [object],
    readings.flatMap(({ objects }) => objects),
  );
}
