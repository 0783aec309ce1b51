import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { SnapshotAlert } from '../../src/incident/triage/port.ts';
import type { JsonObject } from '../../src/kit/index.ts';
import type { RecordedCase } from './case.ts';

/**
 * Cases of a few small JSON files each: `<case>/eks_pods.json`, `eks_deployments.json`, `eks_events.json`, `eks_node_health.json`,
 * `alert.json`, and `answer.yml`, whose category says whether anything was wrong. What a case lacks it has of the folder that
 * `base` in its `scenario.yml` names. opensre writes its synthetic clusters like this.
 */
export function* compactCases(root: string): Generator<RecordedCase> {
  for (const name of readdirSync(root).sort()) {
    if (existsSync(join(root, name, 'answer.yml'))) yield readCase(root, name);
  }
}

const scenario = z.object({ base: z.string().optional() });
const answer = z.object({ root_cause_category: z.string() });
const container = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  restart_count: z.number().default(0),
  state: z.record(z.string(), z.unknown()).default({}),
});
const pods = z.object({
  pods: z.array(
    z.object({
      name: z.string(),
      namespace: z.string(),
      phase: z.string(),
      node_name: z.string().nullish(),
      start_time: z.string().nullish(),
      deletion_timestamp: z.string().optional(),
      containers: z.array(container).default([]),
      conditions: z.array(z.record(z.string(), z.unknown())).default([]),
    }),
  ),
});
const deployments = z.object({
  deployments: z.array(
    z.object({
      name: z.string(),
      namespace: z.string(),
      desired: z.number(),
      ready: z.number(),
      available: z.number().default(0),
      unavailable: z.number().nullish(),
    }),
  ),
});
const events = z.object({
  warning_events: z.array(
    z.object({
      namespace: z.string(),
      reason: z.string(),
      message: z.string(),
      type: z.string().default('Warning'),
      count: z.number().default(1),
      involved_object: z.string(),
      first_time: z.string(),
      last_time: z.string(),
    }),
  ),
});
const nodes = z.object({
  nodes: z.array(
    z.object({
      name: z.string(),
      ready: z.string(),
      memory_pressure: z.string().default('False'),
      disk_pressure: z.string().default('False'),
      pid_pressure: z.string().default('False'),
    }),
  ),
});
const alert = z.object({
  commonLabels: z.record(z.string(), z.string()).default({}),
  commonAnnotations: z.record(z.string(), z.string()).default({}),
});

function readCase(root: string, name: string): RecordedCase {
  const { base } = existsSync(join(root, name, 'scenario.yml'))
    ? scenario.parse(parse(readFileSync(join(root, name, 'scenario.yml'), 'utf8')))
    : { base: undefined };
  const read = <T>(file: string, shape: z.ZodType<T>): T | undefined => {
    const path = [name, base]
      .flatMap((folder) => (folder === undefined ? [] : [join(root, folder, file)]))
      .find((one) => existsSync(one));
    return path === undefined ? undefined : shape.parse(JSON.parse(readFileSync(path, 'utf8')));
  };
  const seen = read('eks_events.json', events)?.warning_events ?? [];
  const found = read('eks_pods.json', pods)?.pods ?? [];
  const { root_cause_category: category } = answer.parse(parse(readFileSync(join(root, name, 'answer.yml'), 'utf8')));
  const at = new Date(
    Math.max(
      ...[...seen.map((event) => event.last_time), ...found.map((pod) => pod.start_time ?? '')]
        .map((time) => Date.parse(time))
        .filter((time) => !Number.isNaN(time)),
    ),
  );
  const told = read('alert.json', alert);
  return {
    at,
    manifests: [
      ...found.map((pod) => podOf(pod)),
      ...(read('eks_deployments.json', deployments)?.deployments ?? []).map((one) => deploymentOf(one)),
      ...seen.map((event, index) => eventOf(event, index)),
      ...(read('eks_node_health.json', nodes)?.nodes ?? []).map((node) => nodeOf(node)),
    ],
    alerts: told === undefined ? [] : alertsOf(told, at),
    calls: [],
    expected: category === 'healthy' ? 'none' : undefined,
    group: category === 'healthy' ? 'well' : 'at fault',
    folder: name,
  };
}

/** The name of a pod without what its ReplicaSet and its Deployment added. */
const workloadOf = (pod: string): string => pod.replace(/(?:-[a-z0-9]{8,10})?-[a-z0-9]{4,5}$/, '');

function podOf(pod: z.output<typeof pods>['pods'][number]): JsonObject {
  const set = pod.name.replace(/-[a-z0-9]{4,5}$/, '');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: pod.name,
      namespace: pod.namespace,
      labels: { app: workloadOf(pod.name) },
      creationTimestamp: pod.start_time ?? '1970-01-01T00:00:00Z',
      ...(pod.deletion_timestamp === undefined ? {} : { deletionTimestamp: pod.deletion_timestamp }),
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: set, uid: set, controller: true }],
    },
    spec: {
      ...(pod.node_name == null ? {} : { nodeName: pod.node_name }),
      containers: pod.containers.map((one) => ({ name: one.name, image: 'registry.example.net/app:1' })),
    },
    status: {
      phase: pod.phase,
      conditions: pod.conditions.map((one) => textsOf(one)),
      containerStatuses: pod.containers.map((one) => statusOf(one)),
    },
  };
}

function statusOf({ name, ready, restart_count: restartCount, state }: z.output<typeof container>): JsonObject {
  const kind = ['waiting', 'terminated', 'running'].find((one) => one in state) ?? 'running';
  const {
    reason,
    message,
    exit_code: exitCode,
  } = z
    .object({ reason: z.string().optional(), message: z.string().optional(), exit_code: z.number().optional() })
    .parse({
      reason: state['reason'] ?? undefined,
      message: state['message'] ?? undefined,
      exit_code: state['exit_code'] ?? undefined,
    });
  const killed = message?.includes('OOMKilled') === true ? 'OOMKilled' : 'Error';
  return {
    name,
    ready,
    restartCount,
    state: {
      [kind]: {
        ...(reason === undefined ? {} : { reason }),
        ...(message === undefined ? {} : { message }),
        ...(kind === 'terminated' ? { exitCode: exitCode ?? 0 } : {}),
      },
    },
    lastState: kind === 'waiting' && exitCode !== undefined ? { terminated: { exitCode, reason: killed } } : {},
  };
}

function deploymentOf(one: z.output<typeof deployments>['deployments'][number]): JsonObject {
  const labels = { app: one.name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: one.name, namespace: one.namespace, labels, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: {
      replicas: one.desired,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [] } },
    },
    status: {
      replicas: one.desired,
      updatedReplicas: one.desired,
      readyReplicas: one.ready,
      availableReplicas: one.available,
      unavailableReplicas: one.unavailable ?? 0,
      conditions: [],
    },
  };
}

function eventOf(event: z.output<typeof events>['warning_events'][number], index: number): JsonObject {
  const [kind = '', name = ''] = event.involved_object.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `event-${index}`, namespace: event.namespace, creationTimestamp: event.first_time },
    involvedObject: { kind, name, namespace: event.namespace },
    type: event.type,
    reason: event.reason,
    message: event.message,
    count: event.count,
    firstTimestamp: event.first_time,
    lastTimestamp: event.last_time,
  };
}

function nodeOf(node: z.output<typeof nodes>['nodes'][number]): JsonObject {
  const conditions = [
    { type: 'Ready', status: node.ready },
    { type: 'MemoryPressure', status: node.memory_pressure },
    { type: 'DiskPressure', status: node.disk_pressure },
    { type: 'PIDPressure', status: node.pid_pressure },
  ];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node.name, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: {},
    status: { conditions },
  };
}

function textsOf(record: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function alertsOf({ commonLabels, commonAnnotations }: z.output<typeof alert>, at: Date): readonly SnapshotAlert[] {
  const name = commonLabels['alertname'];
  if (name === undefined) return [];
  return [
    {
      name,
      severity: commonLabels['severity'] ?? null,
      state: 'firing',
      since: new Date(at.getTime() - 600_000).toISOString(),
      labels: commonLabels,
      summary: commonAnnotations['summary'] ?? null,
    },
  ];
}
