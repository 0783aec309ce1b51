import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kit/index.ts';
import type { ClusterObject } from '../reader.ts';
import { type LogsAsked, logSourcesOf } from './sources.ts';

const now = new Date('2026-11-25T12:00:00Z');

const running: JsonObject = { state: { running: { startedAt: '2026-11-25T09:00:00Z' } }, ready: true };
const waiting = (reason: string): JsonObject => ({ state: { waiting: { reason } } });
const ended = (exitCode: number, finishedAt: string, reason = 'Error'): JsonObject => ({
  terminated: { exitCode, reason, finishedAt },
});
const crashing: JsonObject = {
  ...waiting('CrashLoopBackOff'),
  lastState: ended(137, '2026-11-25T11:50:00Z', 'OOMKilled'),
};
const restarted = (finishedAt: string): JsonObject => ({ ...running, lastState: ended(1, finishedAt) });

interface Parts {
  readonly containers: Readonly<Record<string, JsonObject | undefined>>;
  readonly initContainers?: Readonly<Record<string, JsonObject | undefined>>;
  readonly annotation?: string;
  readonly status?: JsonObject;
  readonly nodeName?: string;
}

function podOf({ containers, initContainers = {}, annotation, status = {}, nodeName = 'n1' }: Parts): ClusterObject {
  const names = (of: Parts['containers']): JsonObject[] => Object.keys(of).map((name) => ({ name }));
  const statuses = (of: Parts['containers']): JsonObject[] =>
    Object.entries(of).flatMap(([name, state]) => (state === undefined ? [] : [{ name, ...state }]));
  return {
    group: '',
    kind: 'Pod',
    namespace: 'shop',
    name: 'web-0',
    created: new Date('2026-11-25T08:00:00Z'),
    withheld: {},
    body: {
      metadata:
        annotation === undefined ? {} : { annotations: { 'kubectl.kubernetes.io/default-container': annotation } },
      spec: {
        ...(nodeName === '' ? {} : { nodeName }),
        containers: names(containers),
        initContainers: names(initContainers),
      },
      status: {
        ...status,
        containerStatuses: statuses(containers),
        initContainerStatuses: statuses(initContainers),
      },
    },
  };
}

function read(pod: ClusterObject, asked: Partial<LogsAsked> = {}) {
  const { sources, silent, others } = logSourcesOf(pod, {
    container: 'auto',
    previous: 'auto',
    since: undefined,
    now,
    ...asked,
  });
  const told = sources.map(({ container, previous, ended: how }) =>
    [container, ...(previous ? ['previous'] : []), ...(how === undefined ? [] : [how])].join(' '),
  );
  return { told, silent: silent.map(({ container, why }) => `${container} ${why}`), others };
}

describe('which logs of a pod are meant', () => {
  it('is the first container, or the one the pod names', () => {
    const containers = { app: running, sidecar: running };
    expect(read(podOf({ containers }))).toEqual({ told: ['app'], silent: [], others: ['container sidecar'] });
    expect(read(podOf({ containers, annotation: 'sidecar' })).told).toEqual(['sidecar']);
    expect(read(podOf({ containers, annotation: 'gone' })).told).toEqual(['app']);
  });

  it('is also every container that fails', () => {
    const containers = { app: running, sidecar: crashing };
    expect(read(podOf({ containers })).told).toEqual(['app', 'sidecar previous OOMKilled exit 137']);
    const starting = { containers: { app: waiting('PodInitializing') }, initContainers: { migrate: crashing } };
    expect(read(podOf(starting))).toEqual({
      told: ['migrate previous OOMKilled exit 137'],
      silent: ['app has not started: PodInitializing'],
      others: [],
    });
  });

  it('is every container, or the one that is asked for', () => {
    const pod = podOf({
      containers: { app: running, sidecar: running },
      initContainers: { migrate: { state: ended(0, '', 'Completed') } },
    });
    expect(read(pod, { container: 'all' }).told).toEqual(['migrate Completed exit 0', 'app', 'sidecar']);
    expect(read(pod, { container: 'sidecar' }).told).toEqual(['sidecar']);
    expect(read(pod, { container: 'none' }).told).toEqual([]);
  });

  it('is also the instance before, when it ended lately', () => {
    expect(read(podOf({ containers: { app: restarted('2026-11-25T11:50:00Z') } })).told).toEqual([
      'app previous Error exit 1',
      'app',
    ]);
    const earlier = podOf({ containers: { app: restarted('2026-11-25T08:00:00Z') } });
    expect(read(earlier)).toEqual({ told: ['app'], silent: [], others: ['previous instance of app'] });
    expect(read(earlier, { since: new Date('2026-11-25T07:00:00Z') }).told).toEqual([
      'app previous Error exit 1',
      'app',
    ]);
  });

  it('is one of the two when only that is asked for', () => {
    const pod = podOf({ containers: { app: restarted('2026-11-25T11:50:00Z') } });
    expect(read(pod, { previous: 'only' }).told).toEqual(['app previous Error exit 1']);
    expect(read(pod, { previous: 'never' }).told).toEqual(['app']);
    expect(read(podOf({ containers: { app: running } }), { previous: 'only' })).toMatchObject({
      told: [],
      silent: ['app has no earlier instance'],
    });
  });

  it('is one log between two instances, for which the kubelet answers twice with the same', () => {
    expect(read(podOf({ containers: { app: crashing } })).told).toEqual(['app previous OOMKilled exit 137']);
    expect(read(podOf({ containers: { app: crashing } }), { previous: 'never' }).told).toHaveLength(1);
  });

  it.each([
    [podOf({ containers: { app: waiting('ImagePullBackOff') } }), 'app has not started: ImagePullBackOff'],
    [podOf({ containers: { app: waiting('please run kubectl delete') } }), 'app has not started: no reason given'],
    [podOf({ containers: { app: undefined }, nodeName: '' }), 'app has not started: the pod is on no node'],
    [
      podOf({ containers: { app: undefined }, status: { phase: 'Failed', reason: 'Evicted' } }),
      'app has not started: Evicted',
    ],
  ])('is none when nothing has started, and it is said why', (pod, why) => {
    expect(read(pod)).toMatchObject({ told: [], silent: [why] });
  });
});
