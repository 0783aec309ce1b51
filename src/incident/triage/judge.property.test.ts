import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import type { TriageSnapshot } from './port.ts';
import { replay } from './replay.ts';
import { loadRubric } from './rubric.ts';
import {
  ago,
  alert,
  certificate,
  cluster,
  finding,
  happening,
  node,
  probe,
  service,
  volume,
  workload,
} from './snapshot.fixture.ts';
import { snapshotText } from './snapshot.ts';

const rubric = loadRubric();
const order = ['none', 'SEV4', 'SEV3', 'SEV2', 'SEV1'];
const rank = (snapshot: TriageSnapshot): number => order.indexOf(judge(snapshot, rubric).severity);

const names = ['alpha', 'beta', 'gamma', 'delta', 'omega'] as const;
const object = fc.constantFrom(...names).map((name) => `Deployment ${name < 'd' ? 'shop' : 'garden'}/${name}`);
const node_ = fc.constantFrom('n1', 'n2', 'n3', 'n4');
const rules = [
  'container-crashing',
  'replicas-unavailable',
  'pod-not-ready',
  'image-pull-failing',
  'container-restarted',
  'database-unhealthy',
  'node-cordoned',
];
const minutes = fc.integer({ min: 0, max: 300 });

const workloads = fc
  .uniqueArray(
    fc.record({
      object,
      desired: fc.integer({ min: 0, max: 12 }),
      missing: fc.integer({ min: 0, max: 12 }),
      nodes: fc.uniqueArray(node_),
      job: fc.boolean(),
      parked: fc.boolean(),
      tier: fc.constantFrom('critical', 'core', 'normal', 'optional'),
    }),
    { selector: (one) => one.object },
  )
  .map((all) =>
    all.map(({ missing, ...one }) => workload(one.object, { ...one, ready: Math.max(0, one.desired - missing) })),
  );

const snapshots: fc.Arbitrary<TriageSnapshot> = fc
  .record({
    workloads,
    nodes: fc
      .array(fc.boolean(), { minLength: 1, maxLength: 4 })
      .map((ready) => ready.map((one, index) => node(`n${index + 1}`, { ready: one }))),
    findings: fc
      .array(
        fc.record({
          rule: fc.constantFrom(...rules),
          object,
          severity: fc.constantFrom('critical', 'warning', 'notice'),
          since: fc.option(minutes.map(ago)),
        }),
      )
      .map((all) => all.map(({ rule, object: of, ...more }) => finding(rule, of, more))),
    alerts: fc
      .array(
        fc.record({
          name: fc.constantFrom('A', 'B', 'etcdNoLeader'),
          severity: fc.constantFrom('info', 'warning', 'critical', null),
          since: minutes.map(ago),
        }),
      )
      .map((all) => all.map(({ name, ...more }) => alert(name, more))),
    happenings: fc
      .array(
        fc.record({
          what: fc.constantFrom('restart', 'image', 'oom'),
          object,
          at: minutes,
          warning: fc.boolean(),
          change: fc.boolean(),
        }),
      )
      .map((all) => all.map(({ what, object: of, at, ...more }) => happening(what, of, at, more))),
    dependencies: fc.array(fc.record({ from: object, to: object, why: fc.constant('') })),
    volumes: fc
      .array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 })
      .map((all) => all.map((used, index) => volume(`PersistentVolumeClaim shop/v${index}`, used))),
    certificates: fc
      .array(fc.integer({ min: -10, max: 800 }), { maxLength: 2 })
      .map((all) => all.map((hours, index) => certificate(`Certificate shop/c${index}`, hours))),
    services: fc
      .uniqueArray(object, { maxLength: 3 })
      .map((all) =>
        all.map((back) =>
          service(back.replace('Deployment', 'Service'), [back], { hosts: [`${back.split('/')[1]}.example.net`] }),
        ),
      ),
    probes: fc
      .array(
        fc.record({
          target: fc.constantFrom(...names).map((name) => `https://${name}.example.net/`),
          ok: fc.boolean(),
          vantage: fc.constantFrom('inside', 'outside'),
          since: minutes.map(ago),
        }),
      )
      .map((all) => all.map(({ target, ...more }) => probe(target, more))),
  })
  .map((parts) => cluster(parts));

const at = <Item>(items: readonly Item[], index: number, change: (item: Item) => Item): readonly Item[] =>
  items.map((item, here) => (here === index % Math.max(1, items.length) ? change(item) : item));

/** Ways in which everything can only have become worse. */
const worse: Readonly<Record<string, (snapshot: TriageSnapshot, index: number) => TriageSnapshot>> = {
  'a pod less is ready': (one, index) => ({
    ...one,
    workloads: at(one.workloads, index, (it_) => ({ ...it_, ready: Math.max(0, it_.ready - 1) })),
  }),
  'a node is down': (one, index) => ({ ...one, nodes: at(one.nodes, index, (it_) => ({ ...it_, ready: false })) }),
  'a finding is critical': (one, index) => ({
    ...one,
    findings: at(one.findings, index, (it_) => ({ ...it_, severity: 'critical' })),
  }),
  'something more is found': (one) => ({
    ...one,
    findings: [...one.findings, finding('container-crashing', 'Deployment shop/alpha')],
  }),
  'an alert is critical': (one, index) => ({
    ...one,
    alerts: at(one.alerts, index, (it_) => ({ ...it_, severity: 'critical' })),
  }),
  'an alert fires': (one) => ({ ...one, alerts: [...one.alerts, alert('More', { severity: 'critical' })] }),
  'a volume is fuller': (one, index) => ({
    ...one,
    volumes: at(one.volumes, index, (it_) => ({ ...it_, used: 0.99 })),
  }),
  'a certificate ends earlier': (one, index) => ({
    ...one,
    certificates: at(one.certificates, index, (it_) => ({ ...it_, notAfter: ago(60) })),
  }),
  'a target does not answer': (one, index) => ({
    ...one,
    probes: at(one.probes, index, (it_) => ({ ...it_, ok: false })),
  }),
  'it goes wrong for longer': (one, index) => ({
    ...one,
    probes: at(one.probes, index, (it_) => ({ ...it_, since: ago(400) })),
  }),
};

describe('severity', () => {
  it.each(Object.entries(worse))('is never lower when %s', (_, change) => {
    fc.assert(
      fc.property(snapshots, fc.nat(20), (snapshot, index) => {
        expect(rank(change(snapshot, index))).toBeGreaterThanOrEqual(rank(snapshot));
      }),
    );
  });
});

describe('a judgement', () => {
  const lists = [
    'nodes',
    'workloads',
    'services',
    'volumes',
    'certificates',
    'findings',
    'alerts',
    'happenings',
    'dependencies',
    'probes',
  ] as const;

  it('does not depend on the order of anything', () => {
    fc.assert(
      fc.property(snapshots, fc.infiniteStream(fc.nat()), (snapshot, stream) => {
        const shuffled = { ...snapshot };
        for (const list of lists) Object.assign(shuffled, { [list]: shuffle<unknown>(snapshot[list], stream) });
        expect(judge(shuffled, rubric)).toEqual(judge(snapshot, rubric));
      }),
    );
  });

  it('does not depend on how things are called', () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        const told = judge(snapshot, rubric);
        const renamed = judge(renamedIn(snapshot), rubric);
        expect(renamed.severity).toBe(told.severity);
        const scores = ({ suspects }: typeof told) =>
          suspects.map(({ object: of, score }) => `${score} ${renamedText(of)}`).sort();
        const others = ({ suspects }: typeof told) => suspects.map(({ object: of, score }) => `${score} ${of}`).sort();
        expect(others(renamed)).toEqual(scores(told));
      }),
    );
  });

  it('is the same from a snapshot that was kept, and keeps to its bounds', () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        const { judgement, differences } = replay(snapshotText(snapshot), rubric);
        expect(judgement).toEqual(judge(snapshot, rubric));
        expect(differences).toEqual([]);
        expect(judgement.suspects.length).toBeLessThanOrEqual(20);
        expect(judgement.changes.length).toBeLessThanOrEqual(5);
        for (const { score } of judgement.suspects) expect(score >= 0 && score <= 1).toBe(true);
      }),
    );
  });
});

function renamedText(text: string): string {
  return names.reduce((said, name, index) => said.replaceAll(name, `q${names.length - index}x`), text);
}

function renamedIn(snapshot: TriageSnapshot): TriageSnapshot {
  return replay(renamedText(snapshotText(snapshot)), rubric).snapshot;
}

function shuffle<Item>(items: readonly Item[], stream: Iterator<number>): readonly Item[] {
  return items
    .map((item) => ({ item, key: Number(stream.next().value) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
