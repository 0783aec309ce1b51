import { at, millisecondsSince, textAt } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { phaseOf } from '../../../lifecycle.ts';
import { containersOf } from '../../../pod/containers.ts';
import type { ClusterObject } from '../../../reader.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { obstacleOf } from './shared-container.ts';
import { eventShape, newestWarning } from './shared-events.ts';
import { isTrue, livePods, patienceMs, podShape, severityOf } from './shared-pod.ts';

/** A step that fails is told about sooner than one that only takes long. */
const failingMs = 60_000;

const obstacles: Readonly<Record<string, string>> = {
  FailedMount: 'a volume cannot be mounted',
  FailedAttachVolume: 'a volume cannot be attached',
  FailedCreatePodSandBox: 'its network or sandbox cannot be made',
};

export const podStuckStarting: Rule = {
  id: 'pod-stuck-starting',
  title:
    'A pod has a node, and its containers are still not there after five minutes (one minute when a volume or its network ' +
    'fails), or nothing has looked at it at all.',
  needs: { pods: podShape },
  wants: { events: eventShape },
  *find(view) {
    for (const pod of livePods(view)) {
      const step = stepOf(pod);
      if (step === undefined) continue;
      const said = newestWarning(view, pod, Object.keys(obstacles));
      const since = conditionsOf(pod).find(isTrue('PodScheduled'))?.since ?? pod.created;
      const waited = millisecondsSince(since, view.now);
      if (waited !== undefined && waited < (said === undefined ? patienceMs : failingMs)) continue;
      yield {
        severity: severityOf(pod, view),
        object: pod,
        summary: said === undefined ? step : `cannot start: ${obstacles[said.reason] ?? step}`,
        detail: outsideText(said?.message),
        since,
        next: describeCall(pod),
      };
    }
  },
};

/** What a pending pod waits for; undefined when another rule tells why. */
function stepOf(pod: ClusterObject): string | undefined {
  const phase = phaseOf(pod);
  if (phase !== undefined && phase !== 'Pending') return undefined;
  const containers = containersOf(pod);
  if (containers.some((one) => obstacleOf(one) !== undefined)) return undefined;
  if (containers.some((one) => failedLast(at(one.status, 'state', 'terminated')))) return undefined;
  const scheduled = conditionsOf(pod).find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') return undefined;
  if (textAt(at(pod.body, 'spec'), 'nodeName') === undefined) return 'pending: no scheduler has looked at it';
  const initial = containers.find(
    (one) => one.role === 'init container' && at(one.status, 'state', 'running') !== undefined,
  );
  return initial === undefined ? 'pending: its containers are not made' : 'pending: an init container does not end';
}

function failedLast(terminated: ReturnType<typeof at>): boolean {
  return terminated !== undefined && terminated['exitCode'] !== 0;
}
