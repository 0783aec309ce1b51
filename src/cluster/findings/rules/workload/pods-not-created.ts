import { conditionsOf } from '../../../health/verdict.ts';
import { isBeingDeleted } from '../../../lifecycle.ts';
import { ownerOf } from '../../../owner.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { ClusterView } from '../../../view.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { eventShape, newestWarning } from './shared-events.ts';
import { isTrue } from './shared-pod.ts';
import { isParked, replicasOf, replicasShape } from './shared-replicas.ts';

/** What the API server answers to a pod it does not take. */
const refusals: readonly (readonly [RegExp, string])[] = [
  [/exceeded quota/, 'quota exceeded'],
  [/failed quota/, 'the quota needs requests or limits it has not'],
  [/violates PodSecurity/, 'it violates Pod Security'],
  [/serviceaccount ".*" not found/, 'its ServiceAccount does not exist'],
  [/admission webhook ".*" denied/, 'an admission webhook refuses it'],
  [/failed calling webhook/, 'an admission webhook does not answer'],
  [/(?:maximum|minimum) .* usage per/, 'it does not fit the LimitRange'],
];

const withCondition = ['deployments.apps', 'replicasets.apps'];
const withEventsAlone = ['statefulsets.apps', 'daemonsets.apps'];

export const podsNotCreated: Rule = {
  id: 'pods-not-created',
  title:
    'The API server refuses the pods of a workload: quota, Pod Security, ServiceAccount or webhook. A ReplicaSet of an older ' +
    'rollout and a workload scaled to zero are left alone.',
  needs: Object.fromEntries([...withCondition, ...withEventsAlone].map((kind) => [kind, replicasShape])),
  wants: { events: eventShape },
  *find(view) {
    for (const workload of [...withCondition, ...withEventsAlone].flatMap((kind) => view.all(kind))) {
      const refusal = isLeftAlone(workload) ? undefined : refusalOf(workload, view);
      if (refusal === undefined) continue;
      const why = refusals.find(([form]) => form.test(refusal.message ?? ''))?.[1];
      yield {
        severity: replicasOf(workload)?.ready === 0 ? 'critical' : 'warning',
        object: workload,
        summary: `its pods are not created: ${why ?? 'FailedCreate'}`,
        detail: outsideText(refusal.message),
        since: refusal.since,
        next: describeCall(workload),
      };
    }
  },
};

/** What a Deployment's ReplicaSet is refused is told by the Deployment. */
function isLeftAlone(workload: ClusterObject): boolean {
  return isParked(workload) || isBeingDeleted(workload) || ownerOf(workload) !== undefined;
}

interface Refusal {
  readonly message: string | undefined;
  readonly since: Date | undefined;
}

function refusalOf(workload: ClusterObject, view: ClusterView): Refusal | undefined {
  const failure = conditionsOf(workload).find(isTrue('ReplicaFailure'));
  if (failure !== undefined) return failure;
  const replicas = replicasOf(workload);
  if (replicas === undefined || replicas.made >= replicas.desired) return undefined;
  const warning = newestWarning(view, workload, ['FailedCreate']);
  return warning === undefined ? undefined : { message: warning.message, since: undefined };
}
