import type { JsonObject } from '../../kit/index.ts';
import { at, dateAt, listAt, numberAt, textAt } from '../fields.ts';
import type { ClusterObject } from '../reader.ts';
import { mergeShapes, type Shape } from '../shape.ts';
import { podShape } from '../target/pods.ts';
import { type Amounts, amountsOf, type Sample } from './metrics.ts';

/** What one container or pod takes of one resource, and what it may. Cores or bytes. */
export interface Load {
  readonly used: number | undefined;
  readonly request: number | undefined;
  readonly limit: number | undefined;
}

export interface ContainerLoad {
  readonly name: string;
  readonly cpu: Load;
  readonly memory: Load;
  readonly restarts: number;
  /** Its last end, when that was for want of memory. */
  readonly oomKilled: { readonly at: Date | undefined } | undefined;
}

export interface PodLoad {
  readonly pod: ClusterObject;
  readonly measuredAt: Date | undefined;
  /** Those that run beside each other; what only runs at the start is left out. */
  readonly containers: readonly ContainerLoad[];
  /** A limit only where every container has one, or the pod as a whole. */
  readonly cpu: Load;
  readonly memory: Load;
}

/** What is read of a pod for its load. */
export const loadShape: Shape = mergeShapes(podShape, { spec: { resources: true, overhead: true } });

export function podLoadOf(pod: ClusterObject, sample: Sample | undefined): PodLoad {
  const containers = runningTogether(pod).map((spec) => containerLoad(pod, spec, sample));
  const whole = at(pod.body, 'spec', 'resources');
  const total = (resource: keyof Amounts): Load => {
    const loads = containers.map((container) => container[resource]);
    return {
      used: sample === undefined ? undefined : sum(loads.map(({ used }) => used)),
      request: amountsOf(at(whole, 'requests'))[resource] ?? sum(loads.map(({ request }) => request)),
      limit: amountsOf(at(whole, 'limits'))[resource] ?? sumOfAll(loads.map(({ limit }) => limit)),
    };
  };
  return { pod, measuredAt: sample?.at, containers, cpu: total('cpu'), memory: total('memory') };
}

/** What the scheduler set aside for it: the most of what runs together and of what runs at the start, and the overhead. */
export function setAside(pod: ClusterObject): Amounts {
  const spec = at(pod.body, 'spec');
  const requests = (container: JsonObject): Amounts => amountsOf(at(container, 'resources', 'requests'));
  const together = runningTogether(pod).map(requests);
  const starting = listAt(spec, 'initContainers')
    .filter((one) => !isSidecar(one))
    .map(requests);
  const whole = amountsOf(at(spec, 'resources', 'requests'));
  const overhead = amountsOf(at(spec, 'overhead'));
  const of = (resource: keyof Amounts): number => {
    const most = Math.max(sum(together.map((one) => one[resource])) ?? 0, ...starting.map((one) => one[resource] ?? 0));
    return (whole[resource] ?? most) + (overhead[resource] ?? 0);
  };
  return { cpu: of('cpu'), memory: of('memory') };
}

/** How much of the tightest limit is used: 1 is at the limit. Undefined where nothing limits or nothing was measured. */
export function closeness(loads: readonly Load[]): number | undefined {
  const parts = loads.flatMap(({ used, limit }) => (used === undefined || !limit ? [] : [used / limit]));
  return parts.length === 0 ? undefined : Math.max(...parts);
}

function runningTogether({ body }: ClusterObject): readonly JsonObject[] {
  const spec = at(body, 'spec');
  return [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers').filter(isSidecar)];
}

function isSidecar(container: JsonObject): boolean {
  return container['restartPolicy'] === 'Always';
}

function containerLoad({ body }: ClusterObject, spec: JsonObject, sample: Sample | undefined): ContainerLoad {
  const name = textAt(spec, 'name') ?? '';
  const resources = at(spec, 'resources');
  const [requests, limits] = [amountsOf(at(resources, 'requests')), amountsOf(at(resources, 'limits'))];
  const used = sample?.containers.get(name);
  const load = (resource: keyof Amounts): Load => ({
    used: used?.[resource],
    request: requests[resource],
    limit: limits[resource],
  });
  const statuses = ['containerStatuses', 'initContainerStatuses'].flatMap((list) => listAt(at(body, 'status'), list));
  const status = statuses.find((candidate) => candidate['name'] === name);
  const ends = ['state', 'lastState'].map((state) => at(status, state, 'terminated'));
  const killed = ends.find((end) => end?.['reason'] === 'OOMKilled');
  return {
    name,
    cpu: load('cpu'),
    memory: load('memory'),
    restarts: numberAt(status, 'restartCount') ?? 0,
    oomKilled: killed === undefined ? undefined : { at: dateAt(killed, 'finishedAt') },
  };
}

/** Of what is known; undefined when nothing is. */
function sum(amounts: readonly (number | undefined)[]): number | undefined {
  const known = amounts.filter((amount) => amount !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, amount) => total + amount, 0);
}

function sumOfAll(amounts: readonly (number | undefined)[]): number | undefined {
  return amounts.includes(undefined) ? undefined : sum(amounts);
}
