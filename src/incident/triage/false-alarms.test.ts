import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import type { TriageSnapshot } from './port.ts';
import { loadRubric } from './rubric.ts';
import { ago, alert, cluster, finding, happening, node, service, workload } from './snapshot.fixture.ts';

const web = 'Deployment shop/web';
const rubric = loadRubric();

/** What looks like an outage in events and alerts, and is none. */
const scenarios: Readonly<Record<string, TriageSnapshot>> = {
  'a rollout that failed twice and went well': cluster({
    happenings: [
      happening('event', web, 40, { warning: true, text: 'BackOff' }),
      happening('rollout', web, 45, { change: true }),
      happening('restart', web, 38, { warning: true, count: 4 }),
    ],
    findings: [finding('container-restarted', 'Pod shop/web-5c-1', { root: web, severity: 'warning', since: ago(38) })],
  }),
  'pods of an old ReplicaSet on their way out': cluster({
    findings: [
      finding('pod-not-ready', 'Pod shop/web-4b-1', { root: web, since: ago(300) }),
      finding('pod-stuck-terminating', 'Pod shop/web-4b-1', { root: web, severity: 'warning', since: ago(30) }),
    ],
    happenings: [happening('event', web, 150, { warning: true, text: 'Unhealthy' })],
  }),
  'a storm of alerts that are only information': cluster({
    alerts: Array.from({ length: 40 }, (_, index) =>
      alert(`Info${index}`, {
        severity: index % 2 === 0 ? 'info' : 'none',
        labels: { namespace: 'shop', deployment: 'web' },
      }),
    ),
  }),
  'apps that sleep until somebody asks for them': cluster({
    workloads: ['a', 'b', 'c', 'd'].map((name) =>
      workload(`Deployment edge/traefik-${name}`, { desired: 0, ready: 0, parked: true }),
    ),
    services: ['a', 'b', 'c', 'd'].map((name) =>
      service(`Service edge/${name}`, [`Deployment edge/traefik-${name}`], {
        readyEndpoints: 0,
        hosts: [`${name}.example.net`],
      }),
    ),
    findings: [finding('service-without-endpoints', 'Service edge/a', { root: 'Deployment edge/traefik-a' })],
  }),
  'runs that have ended': cluster({
    workloads: [
      ...cluster().workloads,
      ...['one', 'two', 'three'].map((name) => workload(`Job shop/${name}`, { desired: 1, ready: 0, job: true })),
    ],
    happenings: [happening('job-finished', 'Job shop/one', 20, { text: 'a run succeeded' })],
  }),
  'one restart': cluster({
    findings: [finding('container-restarted', 'Pod shop/web-5c-1', { root: web, severity: 'notice', since: ago(20) })],
    happenings: [happening('restart', web, 20, { warning: true })],
  }),
  'one pod that is not ready for seconds': cluster({
    workloads: [workload(web, { desired: 3, ready: 2 })],
    findings: [finding('replicas-unavailable', web, { severity: 'notice', summary: '2/3 ready, starting for 20s' })],
  }),
  'a node that is cordoned for maintenance': cluster({
    nodes: [node('n1', { schedulable: false }), node('n2'), node('n3')],
    findings: [finding('node-cordoned', 'Node n1', { severity: 'notice' })],
    happenings: [happening('cordon', 'Node n1', 30, { change: true, text: 'cordoned' })],
  }),
};

describe('is no outage', () => {
  it.each(Object.entries(scenarios))('%s', (_, snapshot) => {
    const { severity, rules, suspects } = judge(snapshot, rubric);
    expect(['none', 'SEV4']).toContain(severity);
    expect(rules.map((one) => one.severity)).not.toContain('SEV3');
    for (const { score } of suspects) expect(score).toBeLessThan(0.6);
  });

  it.each(Object.entries(scenarios))(
    'and is still none that anybody would be woken for when something could not be read: %s',
    (_, snapshot) => {
      const gap = { what: 'alerts', why: 'not configured' };
      expect(judge({ ...snapshot, unread: [gap] }, rubric).severity).toBe('unknown');
    },
  );
});
