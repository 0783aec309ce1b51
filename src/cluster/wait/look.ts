import type { Untrusted } from '../../kit/index.ts';
import { at, numberAt } from '../fields.ts';
import { conditionsOf } from '../health/verdict.ts';
import type { ClusterObject } from '../reader.ts';
import { rolloutStatusOf } from '../rollout-status.ts';
import { outsideText } from '../words.ts';

/**
 * How an object stands to what is waited for.
 *
 *  met       it is so
 *  waiting   it is not, and may become so
 *  hopeless  it will not become so as things stand: somebody must change something first
 */
export interface Look {
  readonly state: 'met' | 'waiting' | 'hopeless';
  /** In words of ours. */
  readonly says: string;
  /** What the cluster says about it. */
  readonly detail?: Untrusted | undefined;
}

export const lookMet = (says: string): Look => ({ state: 'met', says });

export function lookWaiting(says: string, ...details: readonly (string | undefined)[]): Look {
  return { state: 'waiting', says, detail: outsideText(...details) };
}

export function lookHopeless(says: string, ...details: readonly (string | undefined)[]): Look {
  return { state: 'hopeless', says, detail: outsideText(...details) };
}

/** `type` may be a sentence of the one who waits, so it is told by its status only. */
export function lookForCondition(object: ClusterObject, type: string, status: string): Look {
  const conditions = conditionsOf(object);
  const found = conditions.find((condition) => condition.type.toLowerCase() === type.toLowerCase());
  if (found === undefined) return lookWaiting(`it has no condition ${type} yet`, conditionNames(conditions));
  const is = found.status.toLowerCase() === status.toLowerCase();
  if (is && isSeen(object)) return lookMet(`${type} is ${status}`);
  if (is) return lookWaiting(`${type} is ${status}, but its controller has not looked at the last change yet`);
  return lookWaiting(`${type} is not ${status}`, found.status, found.reason, found.message);
}

function conditionNames(conditions: ReturnType<typeof conditionsOf>): string | undefined {
  return conditions.length === 0 ? undefined : `it has ${conditions.map(({ type }) => type).join(', ')}`;
}

/** What says nothing of generations is taken at its word. */
function isSeen({ body }: ClusterObject): boolean {
  const observed = numberAt(at(body, 'status'), 'observedGeneration');
  const generation = numberAt(at(body, 'metadata'), 'generation');
  return observed === undefined || generation === undefined || observed >= generation;
}

/** Undefined for kinds that roll nothing out. */
export function lookForRollout(object: ClusterObject): Look | undefined {
  const rollout = rolloutStatusOf(object);
  if (rollout === undefined) return undefined;
  if (at(object.body, 'spec')?.['paused'] === true) return lookHopeless('its rollout is paused');
  switch (rollout.state) {
    case 'complete':
      return lookMet(`rollout ${rollout.says}`);
    case 'waiting':
      return lookWaiting(`rollout ${rollout.says}`);
    case 'failed':
    case 'manual':
      return lookHopeless(`rollout ${rollout.says}`);
  }
}

/** Undefined for kinds that count no replicas. */
export function lookForReplicas(object: ClusterObject, which: 'ready' | 'available'): Look | undefined {
  const status = at(object.body, 'status');
  const isDaemonSet = object.kind === 'DaemonSet';
  const counted =
    isDaemonSet || ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'].includes(object.kind);
  if (!counted) return undefined;
  const wanted = isDaemonSet
    ? (numberAt(status, 'desiredNumberScheduled') ?? 0)
    : (numberAt(at(object.body, 'spec'), 'replicas') ?? 1);
  const field = isDaemonSet
    ? { ready: 'numberReady', available: 'numberAvailable' }
    : { ready: 'readyReplicas', available: 'availableReplicas' };
  // The API server leaves a count of zero out.
  const there = numberAt(status, field[which]) ?? 0;
  const says = `${there} of ${wanted} pods are ${which}`;
  if (numberAt(status, 'observedGeneration') === undefined || !isSeen(object)) {
    return lookWaiting('its controller has not looked at the last change yet');
  }
  return there >= wanted ? lookMet(says) : lookWaiting(says);
}

/** A Job, or a pod that runs once. */
export function lookForCompletion(object: ClusterObject): Look {
  const phase = at(object.body, 'status')?.['phase'];
  if (object.kind === 'Pod' && phase === 'Succeeded') return lookMet('it ended well');
  if (object.kind === 'Pod' && phase === 'Failed') return lookHopeless('it failed');
  const failed = conditionsOf(object).find(({ type, status }) => type === 'Failed' && status === 'True');
  if (failed !== undefined) return lookHopeless('it failed', failed.reason, failed.message);
  const look = lookForCondition(object, 'Complete', 'True');
  const [active, ended] = ['active', 'succeeded'].map((field) => numberAt(at(object.body, 'status'), field) ?? 0);
  return look.state === 'waiting' && object.kind === 'Job'
    ? { ...look, says: `${ended} pods ended well, ${active} run` }
    : look;
}
