import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import type { TriageSnapshot } from './port.ts';
import { extendRubric, loadRubric } from './rubric.ts';
import { ago, alert, cluster, finding, happening, node, probe, service, workload } from './snapshot.fixture.ts';

const rubric = loadRubric();
const judged = (snapshot: TriageSnapshot) => judge(snapshot, rubric);
const suspectsIn = (snapshot: TriageSnapshot) => judged(snapshot).suspects.map(({ object }) => object);

const web = 'Deployment shop/web';
const db = 'StatefulSet shop/db';
const needsDb = [{ from: web, to: 'Service shop/db', why: 'it is told of db' }];
const dbService = service('Service shop/db', [db]);

describe('suspects', () => {
  it('puts what everything depends on before what depends on it', () => {
    const snapshot = cluster({
      workloads: [
        workload(web, { ready: 0 }),
        workload('Deployment shop/cart', { ready: 0 }),
        workload(db, { ready: 0 }),
      ],
      services: [{ ...dbService, readyEndpoints: 0 }],
      dependencies: [...needsDb, { from: 'Deployment shop/cart', to: 'Service shop/db', why: 'it is told of db' }],
      findings: [
        finding('container-crashing', web),
        finding('container-crashing', 'Deployment shop/cart'),
        finding('replicas-unavailable', db),
      ],
    });
    const { suspects } = judged(snapshot);
    expect(suspects[0]?.object).toBe(db);
    expect(suspects.find(({ object }) => object === web)).toMatchObject({ explainedBy: db });
    expect(suspects[0]?.why.join()).toMatch(/explains 3 other symptoms/);
  });

  it('suspects the Service when what is behind it is well', () => {
    const snapshot = cluster({
      services: [{ ...dbService, readyEndpoints: 0 }],
      findings: [finding('service-selects-nothing', 'Service shop/db')],
    });
    expect(suspectsIn(snapshot)[0]).toBe('Service shop/db');
  });

  it('of what only alerts tell, puts what runs out before what is slow, that before what gets less traffic, and the furthest from normal first', () => {
    const about = (name: string, deployment: string, summary: string | null = null) =>
      alert(name, { labels: { namespace: 'shop', deployment }, summary });
    const names = ['calm', 'starved', 'slow', 'slower'];
    const snapshot = cluster({
      workloads: names.map((name) => workload(`Deployment shop/${name}`)),
      alerts: [
        about('ThroughputDrop', 'calm', 'requests +90000%'),
        about('CPUThrottlingHigh', 'starved'),
        about('HighLatency', 'slow', 'p95 is 80 ms, +150 %'),
        about('HighLatency', 'slower', 'p95 is 900 ms, +1800%'),
      ],
    });
    expect(suspectsIn(snapshot)).toEqual(['starved', 'slower', 'slow'].map((name) => `Deployment shop/${name}`));
  });

  it('blames the node that should schedule for what no scheduler has looked at', () => {
    const snapshot = cluster({
      workloads: [workload(web, { ready: 0, nodes: [] })],
      findings: [finding('pod-stuck-starting', web), finding('scheduler-silent', 'Node n4')],
      dependencies: [{ from: web, to: 'Node n4', why: 'its pods wait for the scheduler there' }],
    });
    expect(suspectsIn(snapshot)[0]).toBe('Node n4');
    expect(judged(snapshot).suspects.find(({ object }) => object === web)?.explainedBy).toBe('Node n4');
  });

  it('blames a node for what ran on it', () => {
    const apps = ['a', 'b', 'c', 'd'].map((name) => `Deployment shop/${name}`);
    const snapshot = cluster({
      nodes: [node('n1', { ready: false }), node('n2'), node('n3'), node('n4')],
      workloads: apps.map((object) => workload(object, { ready: 0, nodes: ['n1'] })),
      findings: apps.map((object) => finding('pod-not-ready', object)),
    });
    expect(suspectsIn(snapshot)[0]).toBe('Node n1');
    for (const one of judged(snapshot).suspects.slice(1)) expect(one.explainedBy).toBe('Node n1');
  });

  it('suspects a store of volumes that shows nothing itself when most of what uses it does', () => {
    const apps = ['a', 'b', 'c'].map((name) => `StatefulSet shop/${name}`);
    const uses = apps.map((object) => ({ from: object, to: 'StorageClass fast', why: 'its class' }));
    const snapshot = (all: number) =>
      cluster({
        workloads: apps.map((object) => workload(object, { ready: 0, nodes: [] })),
        findings: apps.map((object) => finding('pod-stuck-starting', object)),
        dependencies: uses,
        shared: { 'StorageClass fast': all },
      });
    expect(suspectsIn(snapshot(4))).toContain('StorageClass fast');
    expect(suspectsIn(snapshot(40))).not.toContain('StorageClass fast');
  });

  it('takes a node with one symptom for no explanation', () => {
    const snapshot = cluster({
      nodes: [node('n1', { pressures: ['DiskPressure'] }), node('n2'), node('n3'), node('n4')],
      workloads: [workload(web, { ready: 0, nodes: ['n1'] })],
      findings: [finding('image-pull-failing', web)],
    });
    expect(judged(snapshot).suspects[0]).toMatchObject({ object: web, explainedBy: undefined });
  });

  it('ends on circles, and blames neither for the other', () => {
    const snapshot = cluster({
      workloads: [workload(web, { ready: 0 }), workload(db, { ready: 0 })],
      dependencies: [
        { from: web, to: db, why: '' },
        { from: db, to: web, why: '' },
        { from: db, to: db, why: '' },
      ],
    });
    expect(judged(snapshot).suspects.map(({ explainedBy }) => explainedBy)).toEqual([undefined, undefined]);
  });

  it('lifts what was changed just before, and tells the last change however old', () => {
    const ill = [
      finding('container-crashing', web, { since: ago(30) }),
      finding('container-crashing', 'Deployment garden/page', { since: ago(30) }),
    ];
    const workloads = [workload(web, { ready: 0 }), workload('Deployment garden/page', { ready: 0 })];
    const old = happening('rollout', 'Deployment garden/page', 60 * 24 * 9, {
      change: true,
      text: 'revision 3: image page 1 → 2',
    });
    const near = happening('image', web, 35, { change: true, text: 'image web 1.2 → 1.3' });
    const { suspects, changes } = judged(cluster({ workloads, findings: ill, happenings: [near, old] }));
    expect(suspects.map(({ object }) => object)).toEqual([web, 'Deployment garden/page']);
    expect(suspects[0]?.why).toContain('changed shortly before: image web 1.2 → 1.3');
    expect(suspects[1]?.lastChange).toEqual({ at: new Date(old.at), text: old.text });
    expect(changes.map(({ object }) => object)).toEqual([web, 'Deployment garden/page']);
    expect(changes[0]?.score).toBeGreaterThan(3 * (changes[1]?.score ?? 1));
  });

  it('puts the change whose expectation failed first, and says when nothing that it changed is wrong', () => {
    const change = { id: 'chg_1', stack: 'shop', at: ago(10), objects: [db] };
    const wrong = {
      workloads: [workload(web, { ready: 0 }), workload(db)],
      services: [dbService],
      dependencies: needsDb,
      findings: [finding('container-crashing', web)],
    };
    expect(suspectsIn(cluster({ ...wrong, change }))[0]).toBe('Change chg_1');
    expect(suspectsIn(cluster({ ...wrong, change: { ...change, objects: [] } }))[0]).toBe('Change chg_1');
    const elsewhere = judged(
      cluster({ ...wrong, change: { ...change, objects: ['Deployment garden/page'] } }),
    ).suspects;
    expect(elsewhere.map(({ object }) => object)).toEqual(['Change chg_1', web]);
    expect(elsewhere[0]).toMatchObject({
      score: elsewhere[1]?.score,
      why: [expect.anything(), 'nothing that it changed shows a symptom'],
    });
  });
});

describe('changes', () => {
  it('thinks worse of what was done by hand, and of what is near', () => {
    const ill = {
      workloads: [workload(web, { ready: 0 })],
      findings: [finding('container-crashing', web, { since: ago(30) })],
    };
    const { changes } = judged(
      cluster({
        ...ill,
        happenings: [
          happening('config-changed', web, 40, {
            change: true,
            text: 'changed by hand (kubectl-edit), past Terraform',
          }),
          happening('config-changed', web, 40, { change: true, text: 'changed' }),
          happening('config-changed', 'ConfigMap shop/other', 40, { change: true }),
          happening('config-changed', 'ConfigMap mail/other', 40, { change: true }),
          happening('created', web, 60 * 24 * 40, { change: true }),
        ],
      }),
    );
    expect(changes.map(({ text, object }) => `${object} ${text}`)).toEqual([
      `${web} changed by hand (kubectl-edit), past Terraform`,
      `${web} changed`,
      'ConfigMap shop/other config-changed of it',
      'ConfigMap mail/other config-changed of it',
    ]);
  });
});

describe('episodes', () => {
  it('joins what is near in time and depends on each other, and nothing else', () => {
    const { episodes } = judged(
      cluster({
        dependencies: [{ from: web, to: db, why: '' }],
        happenings: [
          happening('oom', db, 50, { warning: true }),
          happening('restart', web, 45, { warning: true }),
          happening('restart', 'Deployment garden/page', 45, { warning: true }),
          happening('restart', web, 5, { warning: true }),
        ],
      }),
    );
    expect(episodes.map(({ objects }) => objects)).toEqual([[db, web], [web], ['Deployment garden/page']]);
  });

  it('tells a storm of alerts under what they share', () => {
    const apps = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const storm = apps.map((name, index) =>
      alert(`Down${index}`, { labels: { namespace: 'shop', deployment: name }, since: ago(20 - index) }),
    );
    const workloads = apps.map((name) => workload(`Deployment shop/${name}`, { nodes: ['n3'] }));
    const { episodes } = judged(cluster({ workloads, alerts: storm }));
    expect(episodes).toHaveLength(1);
    expect(episodes[0]).toMatchObject({ shared: 'Node n3', count: 7 });
    const fewer = judged(cluster({ workloads, alerts: storm.slice(0, 5) }));
    expect(fewer.episodes.map(({ shared }) => shared)).toEqual(Array(5).fill(undefined));
  });
});

describe('what could not be looked at', () => {
  it('is never well', () => {
    const gap = { what: 'alerts', why: 'not configured' };
    expect(judged(cluster())).toMatchObject({ severity: 'none', unread: [] });
    expect(judged(cluster({ unread: [gap] }))).toMatchObject({ severity: 'unknown', unread: [gap] });
    expect(judged(cluster({ nodes: [node('n1', { ready: null })] }))).toMatchObject({
      severity: 'unknown',
      unread: [{ what: 'Node n1' }],
    });
    expect(judged(cluster({ probes: [probe('https://a.example.net', { ok: null })] }))).toMatchObject({
      severity: 'unknown',
    });
  });

  it('does not hide what was seen', () => {
    const snapshot = cluster({
      workloads: [workload(web, { ready: 0 })],
      unread: [{ what: 'alerts', why: 'not configured' }],
    });
    expect(judged(snapshot).severity).toBe('SEV3');
  });
});

describe('who is asked', () => {
  it('is asked by what is wrong', () => {
    const agents = (snapshot: TriageSnapshot) => judged(snapshot).specialists.map(({ agent }) => agent);
    const always = ['cluster-health-checker', 'sre', 'observability-engineer'];
    expect(agents(cluster())).toEqual(always);
    expect(agents(cluster({ findings: [finding('database-unhealthy', 'Cluster shop/pg')] }))).toEqual([
      ...always,
      'dba',
    ]);
    expect(agents(cluster({ findings: [finding('claim-pending', 'PersistentVolumeClaim shop/data')] }))).toContain(
      'platform-engineer',
    );
    expect(agents(cluster({ findings: [finding('image-pull-failing', web)] }))).toContain('devops-engineer');
    expect(agents(cluster({ findings: [finding('service-selects-nothing', 'Service shop/web')] }))).toContain(
      'network-engineer',
    );
    expect(agents(cluster({ findings: [finding('certificate-not-ready', 'Certificate shop/web')] }))).toContain(
      'security-engineer',
    );
  });
});

describe('the rubric', () => {
  it('can be told of more that everything needs', () => {
    const snapshot = cluster({ workloads: [workload('Deployment shop/front-door', { ready: 0 })] });
    const own = extendRubric(rubric, {
      critical: [{ id: 'ingress', domain: 'networking', workloads: ['shop/front-door'] }],
    });
    expect(judged(snapshot).severity).toBe('SEV3');
    expect(judge(snapshot, own)).toMatchObject({ severity: 'SEV1', domains: ['networking'] });
    expect(own.name).not.toBe(rubric.name);
  });

  it('says what would make it worse', () => {
    const snapshot = cluster({ workloads: [workload('Deployment edge/traefik', { desired: 2, ready: 1 })] });
    expect(judged(snapshot)).toMatchObject({
      severity: 'SEV2',
      wouldRaise: [
        { rule: 'critical-service-down', severity: 'SEV1', needs: 'Deployment edge/traefik loses its last ready pod' },
      ],
    });
  });
});
