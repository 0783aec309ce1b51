import { at, millisecondsSince, textAt } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { phaseOf } from '../../../lifecycle.ts';
import type { ClusterObject } from '../../../reader.ts';
import { counted } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { livePods } from '../workload/shared-pod.ts';

/** A scheduler that works has looked at a pod within seconds, even where it finds no node for it. */
const patienceMs = 60_000;

export const schedulerSilent: Rule = {
  id: 'scheduler-silent',
  title:
    'Pods wait and the scheduler has not said a word about them: told of the node that runs the control plane. Pods of ' +
    'another scheduler, and a control plane that is no node of the cluster, are left alone.',
  needs: {
    nodes: { metadata: { labels: true } },
    pods: { spec: { nodeName: true, schedulerName: true }, status: { phase: true, conditions: true } },
  },
  *find(view) {
    const waiting = livePods(view).filter(
      (pod) => isUnseen(pod) && (millisecondsSince(pod.created, view.now) ?? 0) >= patienceMs,
    );
    if (waiting.length === 0) return;
    const planes = view.all('nodes').filter(hasControlPlane);
    for (const node of planes) {
      yield {
        // Of several only one schedules, and nobody can tell which.
        severity: planes.length === 1 ? 'critical' : 'warning',
        object: node,
        summary: `the scheduler does not work: ${counted(waiting.length, 'pod')} wait and none was looked at`,
        next: describeCall(node),
      };
    }
  },
};

function isUnseen(pod: ClusterObject): boolean {
  const spec = at(pod.body, 'spec');
  return (
    (phaseOf(pod) ?? 'Pending') === 'Pending' &&
    textAt(spec, 'nodeName') === undefined &&
    (textAt(spec, 'schedulerName') ?? 'default-scheduler') === 'default-scheduler' &&
    !conditionsOf(pod).some(({ type }) => type === 'PodScheduled')
  );
}

/** As kubeadm, k3s and older installers label it. */
function hasControlPlane({ body }: ClusterObject): boolean {
  const labels = at(body, 'metadata', 'labels') ?? {};
  return (
    Object.hasOwn(labels, 'node-role.kubernetes.io/control-plane') ||
    Object.hasOwn(labels, 'node-role.kubernetes.io/master') ||
    labels['kubernetes.io/role'] === 'master'
  );
}
