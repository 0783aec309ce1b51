import { ageText, at, millisecondsSince } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { isBeingDeleted } from '../../../lifecycle.ts';
import { ownerOf } from '../../../owner.ts';
import type { ClusterObject } from '../../../reader.ts';
import { selectorOf } from '../../../selector.ts';
import type { ClusterView } from '../../../view.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { isTrue } from './shared-pod.ts';
import { isParked, type Replicas, replicasOf, replicasShape } from './shared-replicas.ts';

/** A pod this young may still become ready. */
const startMs = 2 * 60_000;

const kinds = ['deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'replicasets.apps'];

export const replicasUnavailable: Rule = {
  id: 'replicas-unavailable',
  title:
    'A Deployment, StatefulSet, DaemonSet or ReplicaSet of its own has fewer ready pods than it wants: critical without ' +
    'any, a notice while its newest pod may still start. One scaled to zero is parked, and left alone.',
  needs: {
    ...Object.fromEntries(kinds.map((kind) => [kind, replicasShape])),
    pods: { metadata: { labels: true }, status: { conditions: true } },
  },
  *find(view) {
    for (const workload of kinds.flatMap((kind) => view.all(kind))) {
      if (isParked(workload) || isBeingDeleted(workload) || ownerOf(workload) !== undefined) continue;
      const replicas = replicasOf(workload);
      if (replicas === undefined) {
        const age = millisecondsSince(workload.created, view.now);
        if (age !== undefined && age < startMs) continue;
        yield { ...about(workload), severity: 'warning', summary: 'its controller has not looked at it' };
      } else if (replicas.ready < replicas.desired) {
        const started = youngestUnready(workload, view) ?? millisecondsSince(workload.created, view.now);
        const starting = started !== undefined && started < startMs;
        const unavailable = conditionsOf(workload).find(({ type }) => type === 'Available');
        yield {
          ...about(workload),
          severity: starting ? 'notice' : replicas.ready === 0 ? 'critical' : 'warning',
          summary: `${countsOf(replicas)}${starting ? `, starting for ${ageText(started)}` : ''}`,
          since: unavailable?.status === 'False' ? unavailable.since : undefined,
        };
      }
    }
  },
};

function about(object: ClusterObject) {
  return { object, next: describeCall(object) };
}

function countsOf({ desired, made, ready }: Replicas): string {
  const missing = desired - made;
  return `${ready}/${desired} ready${missing > 0 ? `, ${missing} not created` : ''}`;
}

/** Age of the youngest of its pods that is not ready; undefined when all are, or none is there. */
function youngestUnready(workload: ClusterObject, view: ClusterView): number | undefined {
  const selector = selectorOf(at(workload.body, 'spec')?.['selector']);
  if (selector === undefined) return undefined;
  const ages = view
    .selected('pods', workload.namespace, selector)
    .filter((pod) => !isBeingDeleted(pod) && !conditionsOf(pod).some(isTrue('Ready')))
    .map((pod) => millisecondsSince(pod.created, view.now))
    .filter((age) => age !== undefined);
  return ages.length === 0 ? undefined : Math.min(...ages);
}
