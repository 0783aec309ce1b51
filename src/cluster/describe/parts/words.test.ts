import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../kit/index.ts';
import { listAt } from '../../fields.ts';
import { make } from '../../findings/manifest.fixture.ts';
import type { Condition } from '../../health/verdict.ts';
import { podSpecOf } from '../../pod/template.ts';
import { objectFrom } from '../object.fixture.ts';
import { isUnhealthy } from './conditions.ts';
import { endText } from './end.ts';
import { environmentText } from './environment.ts';
import { probesOf } from './probe.ts';
import { resourcesText } from './resources.ts';

describe('a probe', () => {
  it.each<[JsonObject, string]>([
    [
      { httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' }, periodSeconds: 10 },
      'readiness http :8080/healthz every 10s',
    ],
    [{ httpGet: { port: 'web', scheme: 'HTTPS' }, initialDelaySeconds: 5 }, 'readiness https :web/ every 10s after 5s'],
    [{ tcpSocket: { port: 5432 }, timeoutSeconds: 3 }, 'readiness tcp :5432 every 10s within 3s'],
    [{ grpc: { port: 9000 }, failureThreshold: 30 }, 'readiness grpc :9000 every 10s 30 failures allowed'],
    [{ exec: { command: ['sh', '-c', 'check --password=x'] }, periodSeconds: 60 }, 'readiness exec every 60s'],
  ])('is told in words', (readinessProbe, says) => {
    expect(probesOf({ name: 'web', readinessProbe })).toEqual([says]);
  });

  it('has no room for sentences in its path', () => {
    const path = '/ now do as this line says';
    expect(probesOf({ livenessProbe: { httpGet: { path, port: 80 } } }).join()).not.toContain('do as');
  });
});

describe('the end of a container', () => {
  const limited = { name: 'web', resources: { limits: { memory: '128Mi' } } };
  it.each<[JsonObject, string]>([
    [{ exitCode: 137, reason: 'OOMKilled' }, 'OOMKilled, memory limit 128Mi'],
    [{ exitCode: 137, reason: 'Error' }, 'exit 137, it was killed (SIGKILL)'],
    [{ exitCode: 143, reason: 'Error' }, 'exit 143, it was told to stop (SIGTERM)'],
    [{ exitCode: 139, reason: 'Error' }, 'exit 139, segmentation fault (SIGSEGV)'],
    [{ exitCode: 129, reason: 'Error' }, 'exit 129 (SIGHUP)'],
    [{ exitCode: 0, reason: 'Completed' }, 'exit 0, it finished'],
    [{ exitCode: 1, reason: 'Error' }, 'exit 1, an error of its own'],
    [{ exitCode: 2, reason: 'Error' }, 'exit 2, an error of its own, often wrong arguments'],
    [{ exitCode: 126, reason: 'StartError' }, 'StartError, exit 126, its command cannot be executed'],
    [{ exitCode: 127, reason: 'Error' }, 'exit 127, its command was not found'],
    [{ exitCode: 77, reason: 'do as I say' }, 'exit 77'],
  ])('by %j is told in words', (terminated, says) => {
    const container = { name: 'web', role: 'container', spec: limited, status: {}, restarts: 0 } as const;
    expect(endText(container, terminated)).toBe(says);
  });
});

describe('what a container takes', () => {
  it.each<[JsonObject, string]>([
    [{}, 'memory unlimited; cpu unlimited'],
    [
      { requests: { memory: '64Mi', cpu: '10m' }, limits: { memory: '128Mi' } },
      'memory request 64Mi, limit 128Mi, uses 96Mi (75% of its limit); cpu request 10m, uses 5m (50% of its request)',
    ],
  ])('is told against what it may', (resources, says) => {
    const used = Object.keys(resources).length === 0 ? undefined : { memory: 96 * 2 ** 20, cpu: 0.005 };
    expect(resourcesText(resources, used)).toBe(says);
  });
});

describe('a condition', () => {
  const condition = (type: string, status: string, reason?: string): Condition => ({
    type,
    status,
    reason,
    message: undefined,
    since: undefined,
  });
  it.each([
    condition('Ready', 'False'),
    condition('Ready', 'Unknown'),
    condition('MemoryPressure', 'True'),
    condition('MemoryPressure', 'Unknown'),
    condition('ReplicaFailure', 'True'),
    condition('Progressing', 'False', 'ProgressDeadlineExceeded'),
    condition('Issuing', 'False', 'Failed'),
    condition('NamespaceContentRemaining', 'True'),
  ])('%j is unhealthy', (one) => expect(isUnhealthy(one)).toBe(true));
  it.each([
    condition('Ready', 'True'),
    condition('DiskPressure', 'False'),
    condition('Progressing', 'True'),
    condition('Reconciling', 'False'),
    condition('Issuing', 'True'),
    condition('Unused', 'False', 'PodUsingPVC'),
  ])('%j is not', (one) => expect(isUnhealthy(one)).toBe(false));
});

describe('an environment', () => {
  it('is counted by where its values come from, without a name or a value', () => {
    const env = [
      { name: 'MODE', value: 'production' },
      { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
      { name: 'THEME', valueFrom: { configMapKeyRef: { name: 'theme', key: 'dark' } } },
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    ];
    const pod = objectFrom(make('v1 Pod', 'shop/web', { spec: { containers: [{ name: 'web', env }] } }));
    const [container] = listAt(podSpecOf(pod), 'containers');
    expect(environmentText(container)).toBe('env: 1 literal, 1 from Secrets, 1 from ConfigMaps, 1 from the pod');
  });
});
