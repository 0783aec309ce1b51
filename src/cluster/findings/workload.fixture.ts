import type { JsonObject } from '../../kit/index.ts';
import { ago } from './manifest.fixture.ts';

/** Manifests of what runs and what it runs on; everything not given is as in a healthy object, a day old. */

type Fields = Readonly<Record<string, unknown>>;

export const minutesAgo = (minutes: number): string => ago(minutes, 'minutes');

const day = 24 * 60;

/** A field given as undefined is left out. */
function manifest(apiVersion: string, kind: string, metadata: Fields, rest: Fields): JsonObject {
  const whole = { namespace: 'shop', creationTimestamp: minutesAgo(day), generation: 1, ...metadata };
  return JSON.parse(JSON.stringify({ apiVersion, kind, metadata: whole, ...rest }));
}

export interface PodParts {
  readonly name?: string;
  readonly minutesOld?: number;
  readonly metadata?: Fields;
  readonly spec?: Fields;
  readonly status?: Fields;
  readonly container?: Fields;
  readonly containerStatus?: Fields;
  readonly ready?: boolean;
  readonly phase?: string;
}

/** `Pod shop/web-1`: one container `app`, owned by the ReplicaSet of the Deployment web, ready unless said. */
export function pod(parts: PodParts = {}): JsonObject {
  const { name = 'web-1', minutesOld = day, ready = parts.containerStatus === undefined, phase = 'Running' } = parts;
  const is = ready ? 'True' : 'False';
  return manifest(
    'v1',
    'Pod',
    {
      name,
      creationTimestamp: minutesAgo(minutesOld),
      labels: { app: 'web' },
      ownerReferences: [owner('ReplicaSet', 'web-5d9c7b8f6d')],
      ...parts.metadata,
    },
    {
      spec: {
        nodeName: 'n1',
        containers: [{ name: 'app', image: 'registry.example.net/web:1.2.3', ...parts.container }],
        ...parts.spec,
      },
      status: {
        phase,
        conditions: [
          { type: 'PodScheduled', status: 'True', lastTransitionTime: minutesAgo(minutesOld) },
          { type: 'ContainersReady', status: is, lastTransitionTime: minutesAgo(minutesOld) },
          { type: 'Ready', status: is, lastTransitionTime: minutesAgo(minutesOld) },
        ],
        containerStatuses: [
          {
            name: 'app',
            ready,
            restartCount: 0,
            state: { running: { startedAt: minutesAgo(minutesOld) } },
            lastState: {},
            ...parts.containerStatus,
          },
        ],
        ...parts.status,
      },
    },
  );
}

export function owner(kind: string, name: string): Fields {
  const apiVersion = kind === 'Job' || kind === 'CronJob' ? 'batch/v1' : 'apps/v1';
  return { apiVersion, kind, name, controller: true };
}

/** The ReplicaSet that makes pods of `pod()` belong to the Deployment web. */
export const replicaSet: JsonObject = workload('ReplicaSet', {
  metadata: { name: 'web-5d9c7b8f6d', ownerReferences: [owner('Deployment', 'web')] },
});

export interface Parts {
  readonly metadata?: Fields | undefined;
  readonly spec?: Fields | undefined;
  readonly status?: Fields | undefined;
}

/** `Deployment shop/web` and its like: two of two replicas ready unless said. */
export function workload(kind: string, { metadata, spec, status }: Parts = {}): JsonObject {
  const selector = { matchLabels: { app: 'web' } };
  const counts =
    kind === 'DaemonSet'
      ? { desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 2, numberMisscheduled: 0 }
      : { replicas: 2, readyReplicas: 2, availableReplicas: 2 };
  return manifest(
    'apps/v1',
    kind,
    { name: 'web', ...metadata },
    {
      spec: { ...(kind === 'DaemonSet' ? {} : { replicas: 2 }), selector, ...spec },
      status: { observedGeneration: 1, ...counts, conditions: [], ...status },
    },
  );
}

/** `Job shop/import`: complete unless said. */
export function job({ metadata, spec, status }: Parts = {}): JsonObject {
  const complete = { type: 'Complete', status: 'True', lastTransitionTime: minutesAgo(60) };
  return manifest(
    'batch/v1',
    'Job',
    { name: 'import', ...metadata },
    { spec: { suspend: false, ...spec }, status: { startTime: minutesAgo(70), conditions: [complete], ...status } },
  );
}

/** `CronJob shop/backup`: daily at three, last run and success nine hours ago unless said. */
export function cronJob({ metadata, spec, status }: Parts = {}): JsonObject {
  const ran = { lastScheduleTime: minutesAgo(9 * 60), lastSuccessfulTime: minutesAgo(9 * 60 - 5) };
  return manifest(
    'batch/v1',
    'CronJob',
    { name: 'backup', creationTimestamp: minutesAgo(90 * day), ...metadata },
    { spec: { schedule: '0 3 * * *', suspend: false, ...spec }, status: { ...ran, ...status } },
  );
}

/** `Node n1`: ready, with room for 110 pods unless said. */
export function node({ metadata, spec, status }: Parts = {}): JsonObject {
  return manifest(
    'v1',
    'Node',
    { name: 'n1', namespace: undefined, ...metadata },
    {
      spec: { ...spec },
      status: {
        conditions: [
          { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory' },
          { type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: minutesAgo(day) },
        ],
        allocatable: { cpu: '8', memory: '32Gi', pods: '110' },
        nodeInfo: { kubeletVersion: 'v1.37.2' },
        ...status,
      },
    },
  );
}

/** A warning about `Pod shop/web-1` unless said. */
export function warning(reason: string, message: string, about: Fields = {}): JsonObject {
  return manifest(
    'v1',
    'Event',
    { name: `web-1.${reason.toLowerCase()}` },
    {
      type: 'Warning',
      reason,
      message,
      lastTimestamp: minutesAgo(1),
      involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-1', ...about },
    },
  );
}

/** Something of which only the name matters. */
export function named(apiVersion: string, kind: string, name: string, namespace?: string): JsonObject {
  return manifest(apiVersion, kind, { name, namespace }, {});
}
