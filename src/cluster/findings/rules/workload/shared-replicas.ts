import { at, numberAt } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { Shape } from '../../../shape.ts';

/** What the rules about workloads read. */
export const replicasShape: Shape = {
  spec: {
    replicas: true,
    paused: true,
    selector: true,
    serviceName: true,
    volumeClaimTemplates: { spec: { storageClassName: true } },
  },
  status: {
    observedGeneration: true,
    replicas: true,
    readyReplicas: true,
    availableReplicas: true,
    conditions: true,
    desiredNumberScheduled: true,
    currentNumberScheduled: true,
    numberReady: true,
    numberMisscheduled: true,
  },
};

export interface Replicas {
  readonly desired: number;
  readonly made: number;
  readonly ready: number;
}

/** Undefined before its controller has looked at it. What runs on every node counts nodes. */
export function replicasOf({ kind, body }: ClusterObject): Replicas | undefined {
  const [spec, status] = [at(body, 'spec'), at(body, 'status')];
  if (kind === 'DaemonSet') {
    const desired = numberAt(status, 'desiredNumberScheduled');
    if (desired === undefined) return undefined;
    return {
      desired,
      made: numberAt(status, 'currentNumberScheduled') ?? 0,
      ready: numberAt(status, 'numberReady') ?? 0,
    };
  }
  // A count that is zero is left out of the status by the API server.
  if (numberAt(status, 'observedGeneration') === undefined && numberAt(status, 'replicas') === undefined)
    return undefined;
  return {
    desired: numberAt(spec, 'replicas') ?? 1,
    made: numberAt(status, 'replicas') ?? 0,
    ready: numberAt(status, 'readyReplicas') ?? 0,
  };
}

export function isParked({ kind, body }: ClusterObject): boolean {
  return kind !== 'DaemonSet' && numberAt(at(body, 'spec'), 'replicas') === 0;
}
