import type { JsonObject } from '../../kit/index.ts';
import { ageText, at, listAt, millisecondsSince, numberAt, textAt } from '../fields.ts';
import type { ClusterObject } from '../reader.ts';
import { nameText } from '../words.ts';
import { conditionsOf, type KindHealth, knownReason, ok, problem, unknown, type Verdict } from './verdict.ts';

/** How long starting or stopping may take before it is a problem. */
const patienceMs = 5 * 60_000;

/** A container that ended this recently counts, even if it runs again. */
export const recentMs = 60 * 60_000;

const containerShape = {
  name: true,
  ready: true,
  started: true,
  restartCount: true,
  state: true,
  lastState: true,
} as const;

export const pod: KindHealth = {
  shape: {
    spec: { nodeName: true, restartPolicy: true, terminationGracePeriodSeconds: true },
    status: {
      phase: true,
      reason: true,
      message: true,
      conditions: true,
      containerStatuses: containerShape,
      initContainerStatuses: containerShape,
    },
  },
  columns: ['ready', 'restarts', 'node'],
  cells(object) {
    const containers = listAt(at(object.body, 'status'), 'containerStatuses');
    const ready = containers.filter((container) => container['ready'] === true).length;
    return [
      `${ready}/${containers.length}`,
      containers.reduce((sum, container) => sum + (numberAt(container, 'restartCount') ?? 0), 0),
      nodeText(object),
    ];
  },
  judge(object, now) {
    const status = at(object.body, 'status');
    const phase = textAt(status, 'phase');
    if (status === undefined || phase === undefined) return unknown('no status');
    const stopping = millisecondsSince(textAt(at(object.body, 'metadata'), 'deletionTimestamp'), now);
    if (stopping !== undefined) {
      return stopping > patienceMs
        ? problem(`still terminating, ${ageText(stopping)} after its grace period`)
        : unknown('terminating');
    }
    if (phase === 'Succeeded') return ok('completed');
    if (phase === 'Failed') return failed(status);
    const container = containerProblem(status, now);
    if (container !== undefined) return container;
    if (phase === 'Pending') return pending(object, now);
    return phase === 'Running'
      ? running(object, now)
      : unknown(`phase ${phase === 'Unknown' ? phase : 'not understood'}`);
  },
};

function nodeText({ body }: ClusterObject): string {
  const node = textAt(at(body, 'spec'), 'nodeName');
  return node === undefined ? '-' : nameText(node);
}

function failed(status: JsonObject): Verdict {
  const reason = textAt(status, 'reason');
  const known = knownReason(reason);
  const ended = listAt(status, 'containerStatuses').map((container) => at(container, 'state', 'terminated'));
  const first = ended.find((state) => state !== undefined && numberAt(state, 'exitCode') !== 0);
  const exit = first === undefined ? '' : `, exit ${numberAt(first, 'exitCode') ?? '?'}`;
  return problem(
    `failed${known === undefined ? '' : ` ${known}`}${exit}`,
    known === undefined ? reason : undefined,
    textAt(status, 'message'),
  );
}

function containerProblem(status: JsonObject, now: Date): Verdict | undefined {
  const all = [...listAt(status, 'initContainerStatuses'), ...listAt(status, 'containerStatuses')];
  for (const container of all) {
    const found = problemOfContainer(container, now);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What is wrong with one container by its status. */
export function problemOfContainer(container: JsonObject, now: Date): Verdict | undefined {
  return waitingProblem(container) ?? endedProblem(container, now);
}

function waitingProblem(container: JsonObject): Verdict | undefined {
  const waiting = at(container, 'state', 'waiting');
  const reason = textAt(waiting, 'reason');
  if (waiting === undefined || reason === 'ContainerCreating' || reason === 'PodInitializing') return undefined;
  const known = knownReason(reason);
  const last = endText(at(container, 'lastState', 'terminated'));
  const restarts = numberAt(container, 'restartCount') ?? 0;
  const often = restarts === 0 ? '' : `, ${restarts} restarts`;
  return problem(
    `${known ?? 'waiting'}${often}${last === undefined ? '' : `, last ${last}`}`,
    known === undefined ? reason : undefined,
    textAt(container, 'name'),
    // How long it waits before it tries again says nothing that the reason does not.
    reason === 'CrashLoopBackOff' ? undefined : textAt(waiting, 'message'),
  );
}

function endedProblem(container: JsonObject, now: Date): Verdict | undefined {
  const ended = at(container, 'state', 'terminated');
  if (ended !== undefined && numberAt(ended, 'exitCode') !== 0) {
    return problem(`ended ${endText(ended) ?? ''}`.trim(), textAt(container, 'name'), textAt(ended, 'message'));
  }
  const last = at(container, 'lastState', 'terminated');
  const since = millisecondsSince(textAt(last, 'finishedAt'), now);
  if (last === undefined || since === undefined || since > recentMs || numberAt(last, 'exitCode') === 0)
    return undefined;
  const restarts = numberAt(container, 'restartCount') ?? 0;
  return problem(
    `restarted ${ageText(since)} ago, ${restarts} times, last ${endText(last) ?? '?'}`,
    textAt(container, 'name'),
  );
}

/** `OOMKilled exit 137`; undefined when it did not end. */
export function endText(terminated: JsonObject | undefined): string | undefined {
  if (terminated === undefined) return undefined;
  const known = knownReason(textAt(terminated, 'reason'));
  const exit = numberAt(terminated, 'exitCode');
  return [known, exit === undefined ? undefined : `exit ${exit}`].filter((part) => part !== undefined).join(' ');
}

function pending(object: ClusterObject, now: Date): Verdict {
  const scheduled = conditionsOf(object).find(({ type }) => type === 'PodScheduled');
  // What evicting others would not solve is not why it does not fit.
  if (scheduled?.status === 'False') return problem('unscheduled', scheduled.message?.replace(/ preemption: .*$/s, ''));
  const age = millisecondsSince(object.created, now);
  return age === undefined || age > patienceMs
    ? problem(`pending for ${ageText(age)}`)
    : unknown(`starting, ${ageText(age)}`);
}

function running(object: ClusterObject, now: Date): Verdict {
  const ready = conditionsOf(object).find(({ type }) => type === 'Ready');
  if (ready?.status === 'True') return ok('running');
  if (ready?.status !== 'False') return unknown('running, readiness unknown');
  const known = knownReason(ready.reason);
  const age = millisecondsSince(object.created, now);
  return age !== undefined && age < 60_000
    ? unknown(`not ready yet, ${ageText(age)}`)
    : problem('not ready', known === undefined ? ready.reason : undefined, ready.message);
}
