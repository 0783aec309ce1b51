import type { TriageSnapshot } from '../port.ts';
import {
  ago,
  alert,
  certificate,
  cluster,
  finding,
  node,
  probe,
  service,
  volume,
  workload,
} from '../snapshot.fixture.ts';

/** Of each rule of reference/severity.yaml: snapshots it must hold of, and such that look alike and it must leave alone. */
export interface RuleFixture {
  readonly red: Readonly<Record<string, TriageSnapshot>>;
  readonly green: Readonly<Record<string, TriageSnapshot>>;
}

const traefik = 'Deployment edge/traefik';
const web = 'Deployment shop/web';
const many = (ready: number, namespace = 'shop', count = 10) =>
  Array.from({ length: count }, (_, index) =>
    workload(`Deployment ${namespace}/app${index}`, { ready: index < ready ? 1 : 0 }),
  );
const starting = finding('replicas-unavailable', traefik, { severity: 'notice', since: ago(1) });
const edge = (more: Parameters<typeof workload>[1]) => [workload(traefik, more)];
const front = service('Service edge/traefik', [traefik], { hosts: ['login.example.net'] });
const shop = service('Service shop/web', [web], { hosts: ['shop.example.net'] });

export const ruleFixtures: Readonly<Record<string, RuleFixture>> = {
  'critical-service-down': {
    red: {
      'no pod of the ingress is ready': cluster({ workloads: edge({ ready: 0 }) }),
      'a namespace says that it is critical': cluster({ workloads: [workload(web, { tier: 'critical', ready: 0 })] }),
    },
    green: {
      'one of two is': cluster({ workloads: edge({ desired: 2, ready: 1 }) }),
      'it sleeps on purpose': cluster({ workloads: edge({ desired: 0, ready: 0, parked: true }) }),
      'it starts': cluster({ workloads: edge({ ready: 0 }), findings: [starting] }),
      'something else is down': cluster({ workloads: [workload(web, { ready: 0 })] }),
    },
  },
  'critical-probe-failing': {
    red: {
      'its host does not answer from outside': cluster({
        workloads: edge({}),
        services: [front],
        probes: [probe('https://login.example.net/')],
      }),
    },
    green: {
      'only from inside': cluster({
        workloads: edge({}),
        services: [front],
        probes: [probe('https://login.example.net/', { vantage: 'inside' })],
      }),
      'for a minute': cluster({
        workloads: edge({}),
        services: [front],
        probes: [probe('https://login.example.net/', { since: ago(1) })],
      }),
      'another host': cluster({ services: [shop], probes: [probe('https://shop.example.net/')] }),
    },
  },
  'cluster-mostly-unready': {
    red: { 'most pods of all namespaces': cluster({ workloads: [...many(2), ...many(3, 'garden')] }) },
    green: {
      'most pods of one namespace of three': cluster({
        workloads: [...many(2), ...many(10, 'garden'), ...many(10, 'mail')],
      }),
      'the well ones were left out': cluster({
        workloads: many(2),
        leftOut: {
          nodes: 0,
          workloads: 20,
          pods: 40,
          namespaces: 5,
          services: 0,
          volumes: 0,
          certificates: 0,
          findings: 0,
          alerts: 0,
          happenings: 0,
          dependencies: 0,
        },
      }),
      'a handful of pods': cluster({ workloads: [...many(0, 'shop', 2), ...many(0, 'garden', 2)] }),
    },
  },
  'nodes-lost': {
    red: {
      'two of four': cluster({
        nodes: [node('n1'), node('n2'), node('n3', { ready: false }), node('n4', { ready: false })],
      }),
      'one of three': cluster({ nodes: [node('n1'), node('n2'), node('n3', { ready: false })] }),
    },
    green: {
      'one of four': cluster({ nodes: [node('n1'), node('n2'), node('n3'), node('n4', { ready: false })] }),
      'cordoned before': cluster({
        nodes: [
          node('n1'),
          node('n2', { ready: false, schedulable: false }),
          node('n3', { ready: false, schedulable: false }),
        ],
      }),
    },
  },
  'volume-full': {
    red: { '98 %': cluster({ volumes: [volume('PersistentVolumeClaim shop/data', 0.98)] }) },
    green: {
      '96 %': cluster({ volumes: [volume('PersistentVolumeClaim shop/data', 0.96)] }),
      'nobody measured it': cluster({ volumes: [volume('PersistentVolumeClaim shop/data', null)] }),
    },
  },
  'database-without-primary': {
    red: { none: cluster({ findings: [finding('database-unhealthy', 'Cluster shop/pg')] }) },
    green: {
      'a replica is missing': cluster({
        findings: [finding('database-unhealthy', 'Cluster shop/pg', { severity: 'warning' })],
      }),
    },
  },
  'backup-stale-while-database-ill': {
    red: {
      both: cluster({
        findings: [
          finding('database-backup-failed', 'Cluster shop/pg', { severity: 'warning' }),
          finding('database-unhealthy', 'Cluster shop/pg', { severity: 'warning' }),
        ],
      }),
    },
    green: {
      'only the backup': cluster({ findings: [finding('database-backup-failed', 'Cluster shop/pg')] }),
      'only the database': cluster({
        findings: [finding('database-unhealthy', 'Cluster shop/pg', { severity: 'warning' })],
      }),
    },
  },
  'control-plane-alert': {
    red: { 'no leader': cluster({ alerts: [alert('etcdNoLeader', { severity: 'critical' })] }) },
    green: {
      silenced: cluster({ alerts: [alert('etcdNoLeader', { severity: 'critical', state: 'silenced' })] }),
      'of etcd, but not that': cluster({ alerts: [alert('etcdSlowDisk')] }),
    },
  },
  'power-alert': {
    red: { 'on battery': cluster({ alerts: [alert('UPSOnBattery', { severity: null })] }) },
    green: { 'only information': cluster({ alerts: [alert('UPSOnBattery', { severity: 'info' })] }) },
  },
  'critical-service-degraded': {
    red: { 'one of two': cluster({ workloads: edge({ desired: 2, ready: 1 }) }) },
    green: {
      both: cluster({ workloads: edge({ desired: 2, ready: 2 }) }),
      'it starts': cluster({ workloads: edge({ desired: 2, ready: 1 }), findings: [starting] }),
    },
  },
  'node-lost': {
    red: { 'one of four': cluster({ nodes: [node('n1'), node('n2'), node('n3'), node('n4', { ready: false })] }) },
    green: {
      'one is cordoned': cluster({ nodes: [node('n1'), node('n2'), node('n3'), node('n4', { schedulable: false })] }),
    },
  },
  'user-facing-down': {
    red: { 'nothing behind a host': cluster({ workloads: [workload(web, { ready: 0 })], services: [shop] }) },
    green: {
      'no host leads to it': cluster({ workloads: [workload(web, { ready: 0 })], services: [{ ...shop, hosts: [] }] }),
      'it is optional': cluster({ workloads: [workload(web, { ready: 0, tier: 'optional' })], services: [shop] }),
      'it sleeps': cluster({
        workloads: [workload(web, { desired: 0, ready: 0, parked: true })],
        services: [{ ...shop, readyEndpoints: 0 }],
      }),
    },
  },
  'pods-unready': {
    red: { 'three of twenty': cluster({ workloads: [...many(7), ...many(10, 'garden')] }) },
    green: {
      'one of twenty': cluster({ workloads: [...many(9), ...many(10, 'garden')] }),
      'runs of jobs': cluster({
        workloads: [...many(10), ...many(10, 'garden'), ...many(0, 'batch').map((one) => ({ ...one, job: true }))],
      }),
    },
  },
  'error-ratio-alert': {
    red: { 'for twenty minutes': cluster({ alerts: [alert('TraefikHigh5xx')] }) },
    green: {
      'for five': cluster({ alerts: [alert('TraefikHigh5xx', { since: ago(5) })] }),
      inhibited: cluster({ alerts: [alert('TraefikHigh5xx', { state: 'inhibited' })] }),
    },
  },
  'monitors-red-together': {
    red: {
      four: cluster({
        probes: ['a', 'b', 'c', 'd'].map((name) =>
          probe(`https://${name}.example.net/`, { vantage: 'inside', since: ago(1) }),
        ),
      }),
    },
    green: {
      'two, each seen from two places': cluster({
        probes: ['a', 'b'].flatMap((name) => [
          probe(`https://${name}.example.net/`, { since: ago(1) }),
          probe(`https://${name}.example.net/`, { vantage: 'inside', since: ago(1) }),
        ]),
      }),
    },
  },
  'probe-failing': {
    red: { 'half an hour': cluster({ probes: [probe('https://shop.example.net/')] }) },
    green: {
      'a minute': cluster({ probes: [probe('https://shop.example.net/', { since: ago(1) })] }),
      'it could not be asked': cluster({ probes: [probe('https://shop.example.net/', { ok: null })] }),
    },
  },
  'certificate-ends-now': {
    red: {
      tomorrow: cluster({ certificates: [certificate('Certificate shop/web', 24)] }),
      'it has ended': cluster({ certificates: [certificate('Certificate shop/web', -1)] }),
    },
    green: { 'in three days': cluster({ certificates: [certificate('Certificate shop/web', 72)] }) },
  },
  'volumes-stuck': {
    red: {
      four: cluster({
        findings: ['a', 'b', 'c', 'd'].map((name) => finding('volume-attachment-stuck', `VolumeAttachment ${name}`)),
      }),
    },
    green: { one: cluster({ findings: [finding('volume-attachment-stuck', 'VolumeAttachment a')] }) },
  },
  'workload-failing': {
    red: { 'one of one': cluster({ workloads: [workload(web, { ready: 0 })] }) },
    green: {
      'a run that ended': cluster({ workloads: [workload('Job shop/once', { ready: 0, job: true })] }),
      'it sleeps': cluster({ workloads: [workload(web, { desired: 0, ready: 0, parked: true })] }),
      'it starts': cluster({
        workloads: [workload(web, { ready: 0 })],
        findings: [finding('replicas-unavailable', web, { severity: 'notice', since: ago(1) })],
      }),
    },
  },
  'service-without-endpoints': {
    red: {
      'pods are ready, and it does not lead to them': cluster({ services: [{ ...shop, readyEndpoints: 0 }] }),
      'nobody is behind it': cluster({
        services: [{ ...shop, backs: [], readyEndpoints: 0 }],
        findings: [finding('service-selects-nothing', shop.object)],
      }),
    },
    green: {
      'it selects nothing by itself': cluster({ services: [{ ...shop, readyEndpoints: 0, selects: false }] }),
      'what is behind it sleeps': cluster({
        workloads: [workload(web, { desired: 0, ready: 0, parked: true })],
        services: [{ ...shop, readyEndpoints: 0 }],
      }),
    },
  },
  'something-broken': {
    red: { 'a route': cluster({ findings: [finding('route-backend-missing', 'IngressRoute shop/web')] }) },
    green: {
      'a notice': cluster({ findings: [finding('config-map-unused', 'ConfigMap shop/old', { severity: 'notice' })] }),
      'said of what is well again': cluster({ findings: [finding('container-crashing', web, { since: ago(600) })] }),
    },
  },
  'runs-failing': {
    red: {
      'the last run': cluster({
        findings: [finding('cronjob-last-run-failed', 'CronJob shop/sync', { severity: 'warning' })],
      }),
    },
    green: {
      'suspended on purpose': cluster({
        findings: [finding('cronjob-suspended', 'CronJob shop/sync', { severity: 'notice' })],
      }),
    },
  },
  'certificate-ends-soon': {
    red: { 'in ten days': cluster({ certificates: [certificate('Certificate shop/web', 240)] }) },
    green: { 'in a month': cluster({ certificates: [certificate('Certificate shop/web', 720)] }) },
  },
  'volume-nearly-full': {
    red: { '91 %': cluster({ volumes: [volume('PersistentVolumeClaim shop/data', 0.91)] }) },
    green: { '80 %': cluster({ volumes: [volume('PersistentVolumeClaim shop/data', 0.8)] }) },
  },
  'node-under-pressure': {
    red: { disk: cluster({ nodes: [node('n1', { pressures: ['DiskPressure'] })] }) },
    green: { none: cluster() },
  },
  'target-not-answering': {
    red: {
      'from inside': cluster({ probes: [probe('https://shop.example.net/', { vantage: 'inside', since: null })] }),
    },
    green: { 'it could not be asked': cluster({ probes: [probe('https://shop.example.net/', { ok: null })] }) },
  },
  'no-progress-alert': {
    red: { drift: cluster({ alerts: [alert('TerraformDriftStale')] }) },
    green: { another: cluster({ alerts: [alert('DiskWillFill')] }) },
  },
  'critical-alert': {
    red: { 'it calls itself so': cluster({ alerts: [alert('SomethingBad', { severity: 'Critical' })] }) },
    green: { 'a warning': cluster({ alerts: [alert('SomethingBad')] }) },
  },
  'something-worse': {
    red: {
      'a warning': cluster({
        findings: [finding('autoscaler-at-maximum', 'HorizontalPodAutoscaler shop/web', { severity: 'warning' })],
      }),
    },
    green: { 'a notice': cluster({ findings: [finding('node-cordoned', 'Node n1', { severity: 'notice' })] }) },
  },
  recovered: {
    red: {
      'it restarted in the window': cluster({
        findings: [
          finding('container-restarted', 'Pod shop/web-1', { root: web, severity: 'warning', since: ago(30) }),
        ],
      }),
    },
    green: {
      'before the window': cluster({
        findings: [
          finding('container-restarted', 'Pod shop/web-1', { root: web, severity: 'warning', since: ago(600) }),
        ],
      }),
      'it is down again': cluster({
        workloads: [workload(web, { ready: 0 })],
        findings: [
          finding('container-restarted', 'Pod shop/web-1', { root: web, severity: 'warning', since: ago(30) }),
        ],
      }),
    },
  },
  'other-alert': {
    red: {
      'a warning': cluster({ alerts: [alert('DiskWillFill')] }),
      'it does not say how bad': cluster({ alerts: [alert('DiskWillFill', { severity: null })] }),
    },
    green: { information: cluster({ alerts: [alert('Watchdog', { severity: 'none' })] }) },
  },
};
