import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kit/index.ts';
import type { ClusterObject } from '../reader.ts';
import type { Sample } from './metrics.ts';
import { closeness, podLoadOf, setAside } from './pod-load.ts';

function podWith(spec: JsonObject, status: JsonObject = {}): ClusterObject {
  const body = { kind: 'Pod', metadata: { name: 'web-0', namespace: 'shop' }, spec, status };
  return { group: '', kind: 'Pod', name: 'web-0', namespace: 'shop', created: undefined, body, withheld: {} };
}

const mi = 2 ** 20;
const limits = (memory: string): JsonObject => ({ requests: { memory, cpu: '100m' }, limits: { memory } });

function sampleOf(containers: Readonly<Record<string, number>>): Sample {
  const amounts = Object.entries(containers).map(([name, memory]) => [name, { cpu: 0.05, memory }] as const);
  return { at: new Date(), usage: { cpu: undefined, memory: undefined }, containers: new Map(amounts) };
}

describe('the load of a pod', () => {
  it('is that of its containers and sidecars together, without what only runs at the start', () => {
    const pod = podWith({
      containers: [{ name: 'web', resources: limits('100Mi') }],
      initContainers: [
        { name: 'migrate', resources: limits('900Mi') },
        { name: 'proxy', restartPolicy: 'Always', resources: limits('50Mi') },
      ],
    });
    const load = podLoadOf(pod, sampleOf({ web: 90 * mi, proxy: 10 * mi }));
    expect(load.containers.map(({ name }) => name)).toEqual(['web', 'proxy']);
    expect(load.memory).toEqual({ used: 100 * mi, request: 150 * mi, limit: 150 * mi });
    expect(closeness(load.containers.map(({ memory }) => memory))).toBeCloseTo(0.9);
    expect(setAside(pod).memory).toBe(900 * mi);
  });

  it('has no limit when one container has none, unless the pod has one as a whole', () => {
    const containers = [{ name: 'web', resources: limits('100Mi') }, { name: 'logs' }];
    const sample = sampleOf({ web: 10 * mi, logs: 10 * mi });
    expect(podLoadOf(podWith({ containers }), sample).memory.limit).toBeUndefined();
    const whole = podWith({ containers, resources: { limits: { memory: '300Mi' }, requests: { memory: '200Mi' } } });
    expect(podLoadOf(whole, sample).memory).toMatchObject({ limit: 300 * mi, request: 200 * mi });
    expect(setAside(whole).memory).toBe(200 * mi);
  });

  it('is unknown where nothing was measured, never zero', () => {
    const pod = podWith({ containers: [{ name: 'web', resources: limits('100Mi') }] });
    expect(podLoadOf(pod, undefined)).toMatchObject({ measuredAt: undefined, memory: { used: undefined } });
    expect(podLoadOf(pod, sampleOf({})).memory.used).toBeUndefined();
    expect(closeness([{ used: undefined, request: 1, limit: 1 }])).toBeUndefined();
    expect(closeness([{ used: 1, request: undefined, limit: 0 }])).toBeUndefined();
  });

  it('knows of an end for want of memory, the present one or the one before', () => {
    const end = { terminated: { reason: 'OOMKilled', finishedAt: '2026-01-31T12:00:00Z' } };
    for (const state of [{ state: end }, { lastState: end }]) {
      const pod = podWith(
        { containers: [{ name: 'web' }] },
        { containerStatuses: [{ name: 'web', restartCount: 3, ...state }] },
      );
      expect(podLoadOf(pod, undefined).containers).toMatchObject([
        { restarts: 3, oomKilled: { at: new Date('2026-01-31T12:00:00Z') } },
      ]);
    }
  });

  it('never sets aside less than any of its containers asks for', () => {
    const container = fc.record({
      name: fc.string(),
      restartPolicy: fc.constantFrom(undefined, 'Always'),
      resources: fc.option(
        fc.record({ requests: fc.record({ memory: fc.nat({ max: 10_000 }).map((n) => `${n}Mi`) }) }),
        { nil: undefined },
      ),
    });
    const written = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value));
    fc.assert(
      fc.property(fc.array(container), fc.array(container), (containers, initContainers) => {
        const aside = setAside(podWith(written({ containers, initContainers }))).memory ?? 0;
        for (const { resources } of [...containers, ...initContainers]) {
          expect(aside).toBeGreaterThanOrEqual(Number.parseInt(resources?.requests.memory ?? '0', 10) * mi);
        }
      }),
    );
  });
});
