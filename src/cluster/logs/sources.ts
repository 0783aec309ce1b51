import type { JsonObject } from '../../kit/index.ts';
import { at, dateAt, listAt, textAt } from '../fields.ts';
import { endText, problemOfContainer, recentMs } from '../health/pod.ts';
import { knownReason } from '../health/verdict.ts';
import type { ClusterObject } from '../reader.ts';
import { nameText } from '../words.ts';

/**
 * Which logs of a pod are meant.
 *
 *  default    the container the pod's annotation names, or its first
 *  instance   one run of a container; the kubelet keeps the log of the one that is now and of the one before it
 *  ended      how that instance ended: `OOMKilled exit 137`; undefined while it runs
 */
export interface LogSource {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
  readonly ended: string | undefined;
}

export interface PodLogs {
  /** Every container's name, in the order they run. */
  readonly containers: readonly string[];
  readonly sources: readonly LogSource[];
  /** Containers that were meant and have written nothing, and why. */
  readonly silent: readonly { readonly container: string; readonly why: string }[];
  /** What the pod has beyond these: `container sidecar`, `previous instance of app`. */
  readonly others: readonly string[];
}

export interface LogsAsked {
  /** `auto`: the default container and every one that fails; `all`; or a name. */
  readonly container: string;
  /** `auto`: also the instance before one that lately came after it. */
  readonly previous: 'auto' | 'only' | 'never';
  /** What ended after this is of interest: an hour ago unless said. */
  readonly since: Date | undefined;
  readonly now: Date;
}

interface Container {
  readonly name: string;
  readonly status: JsonObject | undefined;
}

const defaultContainer = 'kubectl.kubernetes.io/default-container';

export function logSourcesOf(pod: ClusterObject, asked: LogsAsked): PodLogs {
  const all = containersOf(pod);
  const names = chosenNames(pod, all, asked);
  const chosen = all.filter(({ name }) => names.has(name));
  const found = chosen.map((container) => instancesOf(pod, container, asked));
  const unchosen = all
    .filter((container) => !chosen.includes(container))
    .map(({ name }) => `container ${nameText(name)}`);
  return {
    containers: all.map(({ name }) => name),
    sources: found.flatMap(({ sources }) => sources),
    silent: found.flatMap(({ silent }) => silent),
    others: [...unchosen, ...found.flatMap(({ others }) => others)],
  };
}

type Instances = Omit<PodLogs, 'containers'>;

/** In the order they run. */
function containersOf({ body }: ClusterObject): readonly Container[] {
  const [spec, status] = [at(body, 'spec'), at(body, 'status')];
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((field) => {
    const statuses = listAt(status, `${field.slice(0, -1)}Statuses`);
    return listAt(spec, field).flatMap((container) => {
      const name = textAt(container, 'name');
      return name === undefined ? [] : [{ name, status: statuses.find((one) => textAt(one, 'name') === name) }];
    });
  });
}

function chosenNames(
  pod: ClusterObject,
  all: readonly Container[],
  { container, now }: LogsAsked,
): ReadonlySet<string> {
  if (container === 'all') return new Set(all.map(({ name }) => name));
  if (container !== 'auto') return new Set([container]);
  const annotated = textAt(at(pod.body, 'metadata', 'annotations'), defaultContainer);
  const [first] = listAt(at(pod.body, 'spec'), 'containers');
  const named = all.some(({ name }) => name === annotated) ? annotated : textAt(first, 'name');
  const failing = all.filter(({ status }) => status !== undefined && problemOfContainer(status, now) !== undefined);
  return new Set([...(named === undefined ? [] : [named]), ...failing.map(({ name }) => name)]);
}

function instancesOf(pod: ClusterObject, { name, status }: Container, { previous, since, now }: LogsAsked): Instances {
  const before = at(status, 'lastState', 'terminated');
  const ended = at(status, 'state', 'terminated');
  const started = ended !== undefined || at(status, 'state', 'running') !== undefined;
  const place = { namespace: pod.namespace, pod: pod.name, container: name };
  const current: LogSource = { ...place, previous: false, ended: endText(ended) };
  const earlier: LogSource = { ...place, previous: true, ended: endText(before) };
  const silent = (why: string): Instances => ({
    sources: [],
    silent: [{ container: nameText(name), why }],
    others: [],
  });
  const only = (...sources: LogSource[]): Instances => ({ sources, silent: [], others: [] });

  if (before === undefined) {
    if (previous === 'only') return silent('has no earlier instance');
    return started ? only(current) : silent(`has not started: ${whyNotStarted(pod, status)}`);
  }
  if (previous === 'only') return only(earlier);
  // Between two instances the kubelet answers for either with the log of the one that ended.
  if (!started) return only(earlier);
  if (previous === 'never') return only(current);
  const endedAt = dateAt(before, 'finishedAt');
  const lately =
    ended !== undefined || (endedAt !== undefined && endedAt >= (since ?? new Date(now.getTime() - recentMs)));
  return lately ? only(earlier, current) : { ...only(current), others: [`previous instance of ${nameText(name)}`] };
}

function whyNotStarted({ body }: ClusterObject, status: JsonObject | undefined): string {
  const waiting = knownReason(textAt(at(status, 'state', 'waiting'), 'reason'));
  const ofPod = knownReason(textAt(at(body, 'status'), 'reason'));
  if (waiting !== undefined || ofPod !== undefined) return waiting ?? `${ofPod}`;
  return textAt(at(body, 'spec'), 'nodeName') === undefined ? 'the pod is on no node' : 'no reason given';
}
