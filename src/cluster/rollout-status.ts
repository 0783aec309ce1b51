import { at, numberAt, textAt } from './fields.ts';
import { conditionsOf } from './health/verdict.ts';
import type { ClusterObject } from './reader.ts';
import { counted } from './words.ts';

/**
 * How far the last change of a workload is, by the same counts and in the same order as `kubectl rollout status`.
 *
 *  complete   kubectl would say "successfully rolled out"
 *  waiting    kubectl would wait
 *  failed     kubectl would give up: the progress deadline is exceeded
 *  manual     nothing is rolled out by itself (OnDelete); kubectl refuses to say
 */
export interface RolloutStatus {
  readonly state: 'complete' | 'waiting' | 'failed' | 'manual';
  readonly says: string;
}

interface Counts {
  /** Whether the controller has seen the last change of the spec. */
  readonly observed: boolean;
  readonly wanted: number;
  readonly updated: number;
}

/** Undefined for kinds that have no rollout. */
export function rolloutStatusOf(workload: ClusterObject): RolloutStatus | undefined {
  switch (`${workload.group}/${workload.kind}`) {
    case 'apps/Deployment':
      return deployment(workload);
    case 'apps/StatefulSet':
      return statefulSet(workload);
    case 'apps/DaemonSet':
      return daemonSet(workload);
    default:
      return undefined;
  }
}

const unseen: RolloutStatus = { state: 'waiting', says: 'waiting for the controller to look at the last change' };

function deployment(workload: ClusterObject): RolloutStatus {
  const { observed, wanted, updated } = countsOf(workload, 'updatedReplicas');
  if (!observed) return unseen;
  const [total, available] = [countAt(workload, 'replicas'), countAt(workload, 'availableReplicas')];
  const progress = conditionsOf(workload).find(({ type }) => type === 'Progressing');
  if (progress?.reason === 'ProgressDeadlineExceeded') {
    const says = `gave up: progress deadline exceeded, ${updated} of ${wanted} updated, ${available} available`;
    return { state: 'failed', says };
  }
  if (updated < wanted) return waiting(`${updated} of ${wanted} new replicas are there`);
  if (total > updated) return waiting(`${counted(total - updated, 'old replica')} still to be stopped`);
  if (available < updated) return waiting(`${available} of ${updated} updated replicas are available`);
  return complete(updated);
}

function statefulSet(workload: ClusterObject): RolloutStatus {
  if (isManual(workload)) return manual;
  const { observed, wanted, updated } = countsOf(workload, 'updatedReplicas');
  if (!observed || numberAt(at(workload.body, 'status'), 'observedGeneration') === undefined) return unseen;
  const ready = countAt(workload, 'readyReplicas');
  if (ready < wanted) return waiting(`${wanted - ready} of ${wanted} pods are not ready`);
  const partition = numberAt(at(workload.body, 'spec', 'updateStrategy', 'rollingUpdate'), 'partition') ?? 0;
  if (partition > 0) {
    const share = wanted - partition;
    return updated < share
      ? waiting(`${updated} of ${share} pods of the partition are updated`)
      : { state: 'complete', says: `complete up to its partition: ${counted(updated, 'pod')} updated` };
  }
  const status = at(workload.body, 'status');
  return textAt(status, 'updateRevision') === textAt(status, 'currentRevision')
    ? complete(countAt(workload, 'currentReplicas'))
    : waiting(`${updated} of ${wanted} pods have the new revision`);
}

function daemonSet(workload: ClusterObject): RolloutStatus {
  if (isManual(workload)) return manual;
  const { observed, wanted, updated } = countsOf(workload, 'updatedNumberScheduled');
  if (!observed) return unseen;
  const available = countAt(workload, 'numberAvailable');
  if (updated < wanted) return waiting(`${updated} of ${wanted} nodes have the new pod`);
  if (available < wanted) return waiting(`${available} of ${wanted} updated pods are available`);
  return complete(wanted);
}

const manual: RolloutStatus = {
  state: 'manual',
  says: 'update strategy OnDelete: a pod gets the new template when it is deleted',
};

function isManual({ body }: ClusterObject): boolean {
  const type = textAt(at(body, 'spec', 'updateStrategy'), 'type') ?? 'RollingUpdate';
  return type !== 'RollingUpdate';
}

function waiting(for_: string): RolloutStatus {
  return { state: 'waiting', says: `waiting: ${for_}` };
}

function complete(pods: number): RolloutStatus {
  return { state: 'complete', says: `complete, ${counted(pods, 'pod')} on the current revision` };
}

function countsOf(workload: ClusterObject, updatedField: string): Counts {
  const generation = numberAt(at(workload.body, 'metadata'), 'generation') ?? 0;
  const wanted =
    workload.kind === 'DaemonSet'
      ? countAt(workload, 'desiredNumberScheduled')
      : (numberAt(at(workload.body, 'spec'), 'replicas') ?? 1);
  return {
    observed: countAt(workload, 'observedGeneration') >= generation,
    wanted,
    updated: countAt(workload, updatedField),
  };
}

/** The API server leaves a count of zero out. */
function countAt({ body }: ClusterObject, field: string): number {
  return numberAt(at(body, 'status'), field) ?? 0;
}
