import { at, numberAt } from '../fields.ts';
import type { ClusterObject } from '../reader.ts';
import { type Condition, conditionsOf, type KindHealth, ok, problem, unknown, type Verdict } from './verdict.ts';

interface Replicas {
  readonly desired: number | undefined;
  readonly ready: number | undefined;
  readonly updated: number | undefined;
}

/** Deployments, StatefulSets and ReplicaSets say what they want in `spec`. */
export const replicated: KindHealth = workload(
  {
    spec: { replicas: true },
    status: { observedGeneration: true, replicas: true, readyReplicas: true, updatedReplicas: true, conditions: true },
  },
  (object) => {
    const status = at(object.body, 'status');
    const desired = numberAt(at(object.body, 'spec'), 'replicas') ?? 1;
    // A count that is zero is left out of the status by the API server.
    const counted = numberAt(status, 'observedGeneration') !== undefined || numberAt(status, 'replicas') !== undefined;
    return {
      desired,
      ready: counted ? (numberAt(status, 'readyReplicas') ?? 0) : undefined,
      updated: numberAt(status, 'updatedReplicas'),
    };
  },
);

/** DaemonSets learn what they want from the nodes. */
export const daemonSet: KindHealth = workload(
  {
    status: {
      observedGeneration: true,
      desiredNumberScheduled: true,
      numberReady: true,
      updatedNumberScheduled: true,
      conditions: true,
    },
  },
  (object) => {
    const status = at(object.body, 'status');
    return {
      desired: numberAt(status, 'desiredNumberScheduled'),
      ready: numberAt(status, 'numberReady'),
      updated: numberAt(status, 'updatedNumberScheduled'),
    };
  },
);

function workload(shape: KindHealth['shape'], read: (object: ClusterObject) => Replicas): KindHealth {
  return {
    shape,
    columns: [],
    cells: () => [],
    judge: (object) => judge(object, read(object)),
  };
}

function judge(object: ClusterObject, { desired, ready, updated }: Replicas): Verdict {
  if (desired === undefined || ready === undefined) return unknown('no status');
  const observed = numberAt(at(object.body, 'status'), 'observedGeneration');
  const generation = numberAt(at(object.body, 'metadata'), 'generation');
  if (observed !== undefined && generation !== undefined && observed < generation) {
    return unknown('its last change has not been looked at yet');
  }
  const bad = mostTelling(conditionsOf(object));
  if (ready < desired) return problem(`${ready}/${desired} ready`, bad?.reason, bad?.message);
  if (bad !== undefined) return problem(`rollout is stuck, ${ready}/${desired} ready`, bad.reason, bad.message);
  if (desired === 0) return ok('scaled to 0');
  return updated !== undefined && updated < desired
    ? unknown(`rolling out, ${updated}/${desired} updated`)
    : ok(`${ready}/${desired} ready`);
}

/** What keeps pods from being made tells more than that the rollout stands, and that more than that pods are missing. */
function mostTelling(conditions: readonly Condition[]): Condition | undefined {
  const bad: readonly (readonly [type: string, status: string])[] = [
    ['ReplicaFailure', 'True'],
    ['Progressing', 'False'],
    ['Available', 'False'],
  ];
  return bad
    .map(([type, status]) => conditions.find((condition) => condition.type === type && condition.status === status))
    .find((condition) => condition !== undefined);
}
