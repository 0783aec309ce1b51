import {
  type ClusterObject,
  type ClusterReader,
  healthOf,
  podsOf,
  podsSelected,
  resolveTarget,
} from '../../src/cluster/index.ts';
import { CastellanError } from '../../src/kit/index.ts';
import { kubectlError } from './errors.ts';

export interface PodsAsked {
  readonly cluster: ClusterReader;
  /** One of these two is given. */
  readonly target: string | undefined;
  readonly selector: string | undefined;
  readonly namespace: string | undefined;
  readonly now: Date;
  readonly signal: AbortSignal;
}

export interface PodsMeant {
  /** `Deployment photos/server`, `pods with app=web`. */
  readonly what: string;
  /** How the target was understood, where that is not plain. */
  readonly said: string | undefined;
  /** The one object that was meant, where it was one. */
  readonly named: { readonly namespace: string; readonly name: string } | undefined;
  /** Those that have problems first, then the newest. */
  readonly pods: readonly ClusterObject[];
}

/** Throws `log-gone` for what is no longer there, and whatever else a target may be wrong by. */
export async function podsMeant(asked: PodsAsked): Promise<PodsMeant> {
  const { cluster, signal, now } = asked;
  const found = await readPods(asked);
  const health = healthOf(await cluster.kind('pods', signal));
  const failing = found.pods.filter((pod) => health.judge(pod, now).status === 'problem');
  return { ...found, pods: [...failing, ...found.pods.filter((pod) => !failing.includes(pod))] };
}

async function readPods({ cluster, target, selector, namespace, signal }: PodsAsked): Promise<PodsMeant> {
  if (target === undefined) {
    const pods = await podsSelected({ cluster, namespace, selector: selector ?? '', signal });
    const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
    return { what: `pods with ${selector}${where}`, said: undefined, named: undefined, pods };
  }
  const resolved = await resolve({ cluster, target, namespace, signal });
  const { kind, object, said } = resolved;
  const place = object.namespace === '' ? object.name : `${object.namespace}/${object.name}`;
  return { what: `${kind.kind} ${place}`, said, named: object, pods: await podsOf({ cluster, resolved, signal }) };
}

async function resolve(request: Parameters<typeof resolveTarget>[0]): ReturnType<typeof resolveTarget> {
  try {
    return await resolveTarget(request);
  } catch (cause) {
    if (!(cause instanceof CastellanError) || cause.code !== 'target-not-found') throw cause;
    throw kubectlError('log-gone', {
      message: cause.message,
      next: `${cause.next}; if it was there before: kubectl_events and cluster_changes tell what became of it`,
      cause,
    });
  }
}
