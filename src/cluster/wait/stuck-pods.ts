import { at, numberAt, textAt } from '../fields.ts';
import { isBeingDeleted } from '../lifecycle.ts';
import { type Container, containersOf } from '../pod/containers.ts';
import type { ClusterObject } from '../reader.ts';
import { type Look, lookHopeless } from './look.ts';

/** The kubelet tries these again and again, and nothing changes until somebody changes something. */
const deadEnds: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'ErrImageNeverPull',
  'ImagePullBackOff',
  'InvalidImageName',
]);

/** A container that crashed this often is past what waiting for another to start explains. */
const hopelessCrashes = 3;

/** What keeps the pods of the workload's last change from starting; undefined when nothing is known to. */
export function lookAtPods(workload: ClusterObject, pods: readonly ClusterObject[]): Look | undefined {
  for (const pod of pods.filter((one) => isCurrent(workload, one, pods))) {
    for (const container of containersOf(pod)) {
      const reason = deadEndOf(container);
      if (reason !== undefined) {
        const message = textAt(at(container.status, 'state', 'waiting'), 'message');
        return lookHopeless(`pod ${pod.name} does not start: ${reason}`, message);
      }
    }
  }
  return undefined;
}

function deadEndOf({ status, restarts }: Container): string | undefined {
  const reason = textAt(at(status, 'state', 'waiting'), 'reason') ?? '';
  if (deadEnds.has(reason)) return reason;
  return reason === 'CrashLoopBackOff' && restarts >= hopelessCrashes ? `${reason}, ${restarts} restarts` : undefined;
}

const revisionLabels = ['controller-revision-hash', 'pod-template-hash'];

/**
 * A pod of an earlier revision may crash for the very reason the last change mends. Once pods of the last change exist, the
 * newest pod is one of them.
 */
function isCurrent(workload: ClusterObject, pod: ClusterObject, all: readonly ClusterObject[]): boolean {
  if (isBeingDeleted(pod)) return false;
  if (workload.kind === 'Pod' || workload.kind === 'Job') return true;
  const status = at(workload.body, 'status');
  const observed =
    (numberAt(status, 'observedGeneration') ?? 0) >= (numberAt(at(workload.body, 'metadata'), 'generation') ?? 0);
  const updated = numberAt(status, 'updatedReplicas') ?? numberAt(status, 'updatedNumberScheduled') ?? 0;
  if (!observed || updated === 0) return false;
  const newest = [...all].sort((a, b) => (b.created?.getTime() ?? 0) - (a.created?.getTime() ?? 0))[0];
  const wanted = textAt(status, 'updateRevision') ?? revisionOf(newest);
  return wanted !== undefined && revisionOf(pod) === wanted;
}

function revisionOf(pod: ClusterObject | undefined): string | undefined {
  const labels = at(pod?.body, 'metadata', 'labels');
  return revisionLabels.map((label) => textAt(labels, label)).find((value) => value !== undefined);
}
