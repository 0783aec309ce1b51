import type { JsonObject } from '../../src/kit/index.ts';
import { type Described, fieldAt, pairsAt, rowsOf, valueAt } from './described.ts';

/** The template of a workload, and a pod, as manifests: as much of them as is printed. */
export function podSpecOf(described: Described): JsonObject {
  const node = valueAt(described, 'Node')?.split('/')[0];
  return {
    ...(node === undefined ? {} : { nodeName: node }),
    serviceAccountName: valueAt(described, 'Service Account') ?? 'default',
    nodeSelector: pairsAt(described, 'Node-Selectors'),
    containers: containersOf(described, 'Containers').map(specOf),
    initContainers: containersOf(described, 'Init Containers').map(specOf),
    volumes: [...(fieldAt(described, 'Volumes')?.fields ?? [])].map(([name, volume]) => volumeOf(name, volume)),
  };
}

export function podStatusOf(described: Described): JsonObject {
  const phase = valueAt(described, 'Status') ?? 'Unknown';
  const reason = valueAt(described, 'Reason');
  const message = valueAt(described, 'Message');
  return {
    phase: phase.replace(/ .*/, ''),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    conditions: conditionsOf(described),
    containerStatuses: containersOf(described, 'Containers').flatMap(statusOf),
    initContainerStatuses: containersOf(described, 'Init Containers').flatMap(statusOf),
  };
}

export function conditionsOf(described: Described): readonly JsonObject[] {
  const lines = fieldAt(described, 'Conditions')?.lines ?? [];
  const head = lines[0]?.split(/\s{2,}/) ?? [];
  return rowsOf(lines).map((row) => {
    const cell = (name: string): string | undefined => row[head.indexOf(name)];
    const changed = timeOf(cell('LastTransitionTime'));
    return {
      type: row[0]?.trim() ?? '',
      status: row[1]?.trim() ?? 'Unknown',
      ...(cell('Reason') === undefined ? {} : { reason: cell('Reason') ?? '' }),
      ...(cell('Message') === undefined ? {} : { message: cell('Message') ?? '' }),
      ...(changed === undefined ? {} : { lastTransitionTime: changed }),
    };
  });
}

/** `Tue, 11 Nov 2025 22:43:03 +0800` as ISO 8601. */
export function timeOf(text: string | undefined): string | undefined {
  const time = new Date(text ?? '');
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

type Named = readonly [name: string, container: Described];

function containersOf(described: Described, key: string): readonly Named[] {
  return [...(fieldAt(described, key)?.fields ?? [])];
}

function specOf([name, container]: Named): JsonObject {
  const amounts = (key: string): JsonObject =>
    Object.fromEntries([...(fieldAt(container, key)?.fields ?? [])].map(([resource, { value }]) => [resource, value]));
  const liveness = probeOf(valueAt(container, 'Liveness'));
  const readiness = probeOf(valueAt(container, 'Readiness'));
  const ports = (valueAt(container, 'Port') ?? valueAt(container, 'Ports') ?? '')
    .split(', ')
    .filter((port) => port !== '');
  return {
    name,
    image: valueAt(container, 'Image') ?? '',
    ports: ports.map((port) => ({ containerPort: Number.parseInt(port, 10), protocol: port.split('/')[1] ?? 'TCP' })),
    env: [...(fieldAt(container, 'Environment')?.fields ?? [])].map(([key, { value }]) => ({ name: key, value })),
    resources: { limits: amounts('Limits'), requests: amounts('Requests') },
    ...(liveness === undefined ? {} : { livenessProbe: liveness }),
    ...(readiness === undefined ? {} : { readinessProbe: readiness }),
  };
}

function probeOf(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  const port = Number(/:(\d+)/.exec(text)?.[1] ?? 0);
  const path = /:\d+(\/\S*)/.exec(text)?.[1];
  const number = (name: string): number => Number(new RegExp(`${name}=(\\d+)`).exec(text)?.[1] ?? 0);
  const timing = {
    initialDelaySeconds: number('delay'),
    periodSeconds: number('period'),
    timeoutSeconds: number('timeout'),
    failureThreshold: number('#failure'),
  };
  if (text.startsWith('grpc')) return { ...timing, grpc: { port } };
  if (text.startsWith('http')) return { ...timing, httpGet: { port, ...(path === undefined ? {} : { path }) } };
  return text.startsWith('tcp') ? { ...timing, tcpSocket: { port } } : timing;
}

function statusOf([name, container]: Named): readonly JsonObject[] {
  const state = stateOf(container, 'State');
  if (state === undefined) return [];
  return [
    {
      name,
      image: valueAt(container, 'Image') ?? '',
      ready: valueAt(container, 'Ready') === 'True',
      restartCount: Number(valueAt(container, 'Restart Count') ?? 0),
      state,
      lastState: stateOf(container, 'Last State') ?? {},
    },
  ];
}

function stateOf(container: Described, key: string): JsonObject | undefined {
  const kind = valueAt(container, key)?.toLowerCase();
  if (kind === undefined) return undefined;
  const has = (name: string): string | undefined => valueAt(container, key, name);
  const exitCode = has('Exit Code');
  return {
    [kind]: {
      ...(has('Reason') === undefined ? {} : { reason: has('Reason') ?? '' }),
      ...(has('Message') === undefined ? {} : { message: has('Message') ?? '' }),
      ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
      ...(timeOf(has('Started')) === undefined ? {} : { startedAt: timeOf(has('Started')) ?? '' }),
      ...(timeOf(has('Finished')) === undefined ? {} : { finishedAt: timeOf(has('Finished')) ?? '' }),
    },
  };
}

function volumeOf(name: string, volume: Described): JsonObject {
  const [claim, secret, config] = [
    valueAt(volume, 'ClaimName'),
    valueAt(volume, 'SecretName'),
    valueAt(volume, 'Name'),
  ];
  if (claim !== undefined) return { name, persistentVolumeClaim: { claimName: claim } };
  if (secret !== undefined) return { name, secret: { secretName: secret } };
  return config === undefined ? { name, emptyDir: {} } : { name, configMap: { name: config } };
}
