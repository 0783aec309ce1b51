import type {
  SnapshotAlert,
  SnapshotFinding,
  SnapshotHappening,
  SnapshotProbe,
  SnapshotService,
  SnapshotWorkload,
  TriageSnapshot,
} from './port.ts';

/** Short ways to write a snapshot: a cluster in which all is well, and what may be wrong in it. */
const takenAt = new Date('2026-03-01T12:00:00Z');

export function ago(minutes: number): string {
  return new Date(takenAt.getTime() - minutes * 60_000).toISOString();
}

export function workload(object: string, more: Partial<SnapshotWorkload> = {}): SnapshotWorkload {
  const place = object.slice(object.indexOf(' ') + 1);
  return {
    object,
    namespace: place.slice(0, place.indexOf('/')),
    desired: 1,
    ready: 1,
    tier: 'normal',
    job: false,
    parked: false,
    nodes: ['n1'],
    images: [],
    restarts: 0,
    ...more,
  };
}

export function service(
  object: string,
  backs: readonly string[],
  more: Partial<SnapshotService> = {},
): SnapshotService {
  return { object, readyEndpoints: 1, backs, hosts: [], selects: true, ...more };
}

export function finding(rule: string, object: string, more: Partial<SnapshotFinding> = {}): SnapshotFinding {
  return {
    rule,
    severity: 'critical',
    object,
    root: object,
    summary: `says ${rule}`,
    detail: null,
    since: null,
    ...more,
  };
}

export function alert(name: string, more: Partial<SnapshotAlert> = {}): SnapshotAlert {
  return { name, severity: 'warning', state: 'firing', since: ago(20), labels: {}, summary: null, ...more };
}

export function happening(
  what: string,
  object: string,
  minutes: number,
  more: Partial<SnapshotHappening> = {},
): SnapshotHappening {
  const [warning, change] = [more.warning ?? false, more.change ?? false];
  return {
    at: ago(minutes),
    until: null,
    what,
    object,
    text: `${what} of it`,
    detail: null,
    by: null,
    count: 1,
    ...more,
    warning,
    change,
  };
}

export function probe(target: string, more: Partial<SnapshotProbe> = {}): SnapshotProbe {
  return { target, vantage: 'outside', ok: false, since: ago(30), detail: 'status 502', ...more };
}

export function node(
  name: string,
  more: Partial<TriageSnapshot['nodes'][number]> = {},
): TriageSnapshot['nodes'][number] {
  return { name, ready: true, schedulable: true, pressures: [], ...more };
}

export function volume(object: string, used: number | null): TriageSnapshot['volumes'][number] {
  return { object, bound: true, used, storageClass: 'fast' };
}

export function certificate(object: string, hours: number): TriageSnapshot['certificates'][number] {
  return { object, hosts: ['shop.example.net'], notAfter: ago(-hours * 60), ready: true };
}

/** Four nodes, two namespaces, all ready; `more` replaces whole lists. */
export function cluster(more: Partial<TriageSnapshot> = {}): TriageSnapshot {
  return {
    takenAt: takenAt.toISOString(),
    window: { from: ago(120), to: takenAt.toISOString() },
    nodes: ['n1', 'n2', 'n3', 'n4'].map((name) => node(name)),
    workloads: [
      workload('Deployment shop/web', { desired: 2, ready: 2, nodes: ['n1', 'n2'] }),
      workload('StatefulSet shop/db'),
      workload('Deployment garden/page'),
    ],
    services: [],
    volumes: [],
    certificates: [],
    findings: [],
    alerts: [],
    happenings: [],
    dependencies: [],
    probes: [],
    unread: [],
    change: null,
    ...more,
  };
}
