import { describe, expect, it } from 'vitest';
import { fitted } from './fit.ts';
import { judge } from './judge.ts';
import { loadRubric } from './rubric.ts';
import { alert, cluster, finding, happening, service, workload } from './snapshot.fixture.ts';
import { snapshotText } from './snapshot.ts';

const rubric = loadRubric();
const apps = (count: number, ready: number) =>
  Array.from({ length: count }, (_, index) =>
    workload(`Deployment space${index % 50}/app${index}`, { desired: 4, ready, nodes: [`n${(index % 4) + 1}`] }),
  );
const bytes = (snapshot: ReturnType<typeof cluster>) => Buffer.byteLength(snapshotText(snapshot));

describe('a snapshot that is too large', () => {
  const ill = workload('Deployment space1/ill', { desired: 4, ready: 0 });
  const whole = cluster({
    workloads: [ill, ...apps(1_250, 4)],
    services: apps(1_250, 4).map(({ object }) => service(object.replace('Deployment', 'Service'), [object])),
    findings: [
      finding('container-crashing', ill.object),
      ...apps(300, 4).map(({ object }) => finding('config-map-unused', object, { severity: 'notice' })),
    ],
    dependencies: apps(1_250, 4).map(({ object }) => ({ from: object, to: 'Registry docker.io', why: 'its image' })),
    shared: { 'Registry docker.io': 1_251 },
  });

  it('loses what is well, and is judged as the whole is', () => {
    const small = fitted(whole);
    expect(bytes(whole)).toBeGreaterThan(300_000);
    expect(bytes(small)).toBeLessThanOrEqual(64 * 1024);
    expect(small.unread).toEqual([]);
    expect(small.leftOut).toMatchObject({
      findings: 300,
      workloads: expect.any(Number),
      namespaces: expect.any(Number),
    });
    expect((small.leftOut?.pods ?? 0) + 4 * small.workloads.length).toBe(4 * whole.workloads.length);
    const { severity, rules, suspects } = judge(whole, rubric);
    expect(judge(small, rubric)).toMatchObject({ severity, rules, suspects });
  });

  it('keeps what only an alert tells of', () => {
    const told = apps(1_250, 4).slice(700, 702);
    const alerts = told.map(({ object }, index) =>
      alert(index === 0 ? 'HighLatency' : 'CPUThrottlingHigh', {
        labels: { namespace: object.slice(11, object.indexOf('/')), deployment: object.slice(object.indexOf('/') + 1) },
      }),
    );
    const small = fitted({ ...whole, alerts });
    expect(small.workloads.map(({ object }) => object)).toEqual(
      expect.arrayContaining(told.map(({ object }) => object)),
    );
    expect(judge(small, rubric).suspects).toEqual(judge({ ...whole, alerts }, rubric).suspects);
  });

  it('names what is not well and finds no room', () => {
    const small = fitted(
      cluster({
        workloads: apps(1_250, 1),
        happenings: apps(900, 1).map(({ object }) =>
          happening('restart', object, 10, { warning: true, text: 'x'.repeat(100) }),
        ),
      }),
    );
    expect(bytes(small)).toBeLessThanOrEqual(64 * 1024);
    expect(small.unread.map(({ what }) => what)).toEqual(expect.arrayContaining(['workloads', 'happenings']));
    expect(small.unread[0]?.why).toMatch(/^\d+ more of them found no room/);
    expect(judge(small, rubric).severity).toMatch(/^SEV[12]$/);
  });

  it('is left alone when it is small enough', () => {
    expect(fitted(cluster())).toEqual(cluster());
  });
});
