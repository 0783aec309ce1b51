import { conditionsOf } from '../../../health/verdict.ts';
import { isBeingDeleted, isOver } from '../../../lifecycle.ts';
import { refText } from '../../../owner.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { Shape } from '../../../shape.ts';
import type { ClusterView } from '../../../view.ts';
import type { Severity } from '../../rule.ts';

/** How long a pod may take over a step before anybody is told. */
export const patienceMs = 5 * 60_000;

const probe: Shape = { initialDelaySeconds: true, periodSeconds: true, failureThreshold: true };

const container: Shape = {
  name: true,
  image: true,
  restartPolicy: true,
  resources: { limits: { memory: true } },
  readinessProbe: probe,
  startupProbe: probe,
};

const containerStatus: Shape = { name: true, ready: true, restartCount: true, state: true, lastState: true };

/** What the rules about pods read. */
export const podShape: Shape = {
  metadata: { finalizers: true },
  spec: { nodeName: true, schedulingGates: { name: true }, containers: container, initContainers: container },
  status: {
    phase: true,
    reason: true,
    message: true,
    conditions: true,
    containerStatuses: containerStatus,
    initContainerStatuses: containerStatus,
  },
};

/** Pods that are meant to run: neither being deleted nor at their end. */
export function livePods(view: ClusterView): readonly ClusterObject[] {
  return view.all('pods').filter((pod) => !isBeingDeleted(pod) && !isOver(pod));
}

const readyRoots = new WeakMap<ClusterView, ReadonlySet<string>>();

/** A pod that does not work is critical, unless another of the same workload serves in the meantime. */
export function severityOf(pod: ClusterObject, view: ClusterView): Severity {
  let ready = readyRoots.get(view);
  if (ready === undefined) {
    const serving = livePods(view).filter((one) => conditionsOf(one).some(isTrue('Ready')));
    ready = new Set(serving.map((one) => refText(view.rootOf(one))));
    readyRoots.set(view, ready);
  }
  return ready.has(refText(view.rootOf(pod))) ? 'warning' : 'critical';
}

export const isTrue =
  (type: string) =>
  (condition: { readonly type: string; readonly status: string }): boolean =>
    condition.type === type && condition.status === 'True';
