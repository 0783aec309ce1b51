import type { JsonObject } from '../../../../kit/index.ts';
import { at, dateAt, listAt, millisecondsSince, numberAt } from '../../../fields.ts';
import { type Condition, conditionsOf } from '../../../health/verdict.ts';
import { phaseOf } from '../../../lifecycle.ts';
import { type Container, containersOf } from '../../../pod/containers.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { ClusterView } from '../../../view.ts';
import { outsideText } from '../../../words.ts';
import { logsCall } from '../../next-call.ts';
import type { Finding, Rule } from '../../rule.ts';
import { obstacleOf } from './shared-container.ts';
import { eventShape, newestWarning } from './shared-events.ts';
import { livePods, podShape, severityOf } from './shared-pod.ts';

/** Time to start that every pod gets, whatever its probes allow. */
const startMs = 2 * 60_000;

export const podNotReady: Rule = {
  id: 'pod-not-ready',
  title:
    'A pod runs and is not ready, or its node no longer tells. A pod that still has time to start, or whose containers are ' +
    'told about by another rule, is left alone.',
  needs: { pods: podShape },
  wants: { events: eventShape },
  *find(view) {
    for (const pod of livePods(view)) {
      const phase = phaseOf(pod);
      if ((phase !== 'Running' && phase !== 'Unknown') || hasStoppedContainer(pod)) continue;
      const conditions = conditionsOf(pod);
      const ready = conditions.find(({ type }) => type === 'Ready');
      if (ready?.status === 'True' || isStarting(pod, view.now)) continue;
      const said = newestWarning(view, pod, ['Unhealthy', 'NodeNotReady']);
      yield {
        severity: severityOf(pod, view),
        object: pod,
        summary: whyOf(conditions, ready, said?.reason),
        detail: outsideText(said?.message ?? ready?.message),
        since: ready?.since ?? pod.created,
        next: logsCall(pod),
        log: logOf(containersOf(pod).find(({ status }) => status['ready'] === false)),
      };
    }
  },
};

function whyOf(conditions: readonly Condition[], ready: Condition | undefined, warned: string | undefined): string {
  if (ready?.status !== 'False') return 'its node does not tell whether it is ready';
  const containersReady = conditions.find(({ type }) => type === 'ContainersReady');
  if (containersReady?.status === 'True') return 'not ready: a readiness gate is not met';
  return warned === 'Unhealthy' ? 'not ready: a probe fails' : 'not ready';
}

function logOf(one: Container | undefined): Finding['log'] {
  return one === undefined ? undefined : { container: one.name, previous: false };
}

function hasStoppedContainer(pod: ClusterObject): boolean {
  return containersOf(pod).some(
    (one) =>
      obstacleOf(one) !== undefined ||
      (at(one.status, 'state', 'terminated') !== undefined && one.role !== 'init container'),
  );
}

/** Its newest start is younger than its probes allow it to be. */
function isStarting(pod: ClusterObject, now: ClusterView['now']): boolean {
  const starts = containersOf(pod).map(({ status }) => dateAt(at(status, 'state', 'running'), 'startedAt'));
  const ages = [pod.created, ...starts].flatMap((start) => millisecondsSince(start, now) ?? []);
  const allowed = listAt(at(pod.body, 'spec'), 'containers').map(
    (container) => 1_000 * (secondsOf(at(container, 'startupProbe')) + secondsOf(at(container, 'readinessProbe'))),
  );
  return Math.min(...ages) < Math.max(startMs, ...allowed);
}

function secondsOf(probe: JsonObject | undefined): number {
  if (probe === undefined) return 0;
  const tries = (numberAt(probe, 'periodSeconds') ?? 10) * (numberAt(probe, 'failureThreshold') ?? 3);
  return (numberAt(probe, 'initialDelaySeconds') ?? 0) + tries;
}
