import type {
  SnapshotAlert,
  SnapshotFinding,
  SnapshotProbe,
  SnapshotService,
  SnapshotWorkload,
  TriageSnapshot,
} from './port.ts';
import { type CriticalEntry, matchesPattern, type Rubric, type Tier } from './rubric.ts';

/**
 * A snapshot with what follows from it at once: what is parked, over, only starting or well again is no symptom.
 *
 *  ill       wants pods, is no run of a job, and has fewer ready than it wants for longer than a start takes
 *  recovered what was said of a workload before the window, all of which is ready now
 */
export interface Sight {
  readonly snapshot: TriageSnapshot;
  readonly rubric: Rubric;
  readonly now: number;
  readonly from: number;
  /** Without runs of jobs and what is parked. */
  readonly workloads: readonly SnapshotWorkload[];
  readonly workload: ReadonlyMap<string, SnapshotWorkload>;
  readonly services: readonly SnapshotService[];
  /** Without what is parked or recovered, and what only says that something starts. */
  readonly findings: readonly SnapshotFinding[];
  /** What was said of a workload in the window or before it, that no longer holds. */
  readonly recovered: readonly SnapshotFinding[];
  /** Firing, and more than information. */
  readonly alerts: readonly SnapshotAlert[];
  readonly probes: readonly SnapshotProbe[];
  /** Of one of `workloads`. */
  isIll(workload: SnapshotWorkload): boolean;
  criticalOf(object: string): CriticalEntry | undefined;
  tierOf(workload: SnapshotWorkload): Tier;
  /** Workloads that people reach by a host. */
  readonly userFacing: ReadonlySet<string>;
  /** Whether a target of a probe leads to something on the critical path. */
  leadsToCritical(target: string): boolean;
}

const harmless = new Set(['info', 'information', 'informational', 'none', 'debug', 'ok', 'low', 'notice']);

function isInformation({ severity }: Pick<SnapshotAlert, 'severity'>): boolean {
  return severity !== null && harmless.has(severity.toLowerCase());
}

/** What tells of a time that is over by its very nature. */
const pastRules = new Set(['container-restarted']);

export function sightOf(snapshot: TriageSnapshot, rubric: Rubric): Sight {
  const now = Date.parse(snapshot.takenAt);
  const from = Date.parse(snapshot.window.from);
  const workload = new Map(snapshot.workloads.map((one) => [one.object, one]));
  const byRoot = Map.groupBy(snapshot.findings, ({ root }) => root);
  const lastWarning = lastWarnings(snapshot);
  const isParked = (object: string): boolean => workload.get(object)?.parked === true;
  const isIll = (one: SnapshotWorkload): boolean =>
    one.ready < one.desired && !isStarting(byRoot.get(one.object) ?? []);
  const isStarting = (findings: readonly SnapshotFinding[]): boolean =>
    findings.length > 0 &&
    findings.every(
      ({ severity, since }) =>
        severity === 'notice' && (since === null || now - Date.parse(since) < rubric.graceMinutes * 60_000),
    );
  const isWell = (object: string): boolean => {
    const one = workload.get(object);
    return one !== undefined && !one.job && one.ready >= one.desired;
  };
  const isOver = ({ root, rule, since }: SnapshotFinding): boolean => {
    if (!isWell(root)) return false;
    if (pastRules.has(rule)) return true;
    if (since === null) return false;
    return Math.max(Date.parse(since), lastWarning.get(root) ?? 0) < from;
  };
  const said = snapshot.findings.filter(({ root, object }) => !isParked(root) && !isParked(object));
  const criticalOf = memo((object: string) => rubric.critical.find((entry) => isOf(entry, object)));
  const services = snapshot.services.filter(({ backs }) => backs.length === 0 || !backs.every(isParked));
  const hostsOf = new Map(services.flatMap((one) => one.hosts.map((host) => [host.toLowerCase(), one] as const)));
  return {
    snapshot,
    rubric,
    now,
    from,
    workloads: snapshot.workloads.filter(({ job, parked, desired }) => !job && !parked && desired > 0),
    workload,
    services,
    findings: said.filter((finding) => !isOver(finding)),
    recovered: said.filter((finding) => isOver(finding)),
    alerts: snapshot.alerts.filter((alert) => alert.state === 'firing' && !isInformation(alert)),
    probes: snapshot.probes,
    isIll,
    criticalOf,
    tierOf: ({ object, tier }) => (criticalOf(object) === undefined ? tier : 'critical'),
    userFacing: new Set(services.filter(({ hosts }) => hosts.length > 0).flatMap(({ backs }) => backs)),
    leadsToCritical(target) {
      const service = hostsOf.get(hostOf(target));
      if (service === undefined) return false;
      return [service.object, ...service.backs].some(
        (object) => criticalOf(object) !== undefined || workload.get(object)?.tier === 'critical',
      );
    },
  };
}

/** Of `https://photos.example.net/x` or `photos.example.net:443`. */
export function hostOf(target: string): string {
  return target
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/[/:?#].*$/, '')
    .toLowerCase();
}

/** `shop/web` of `Deployment shop/web`; `node-3` of `Node node-3`. */
function placeOf(object: string): string {
  return object.slice(object.indexOf(' ') + 1);
}

export function kindOf(object: string): string {
  return object.slice(0, Math.max(0, object.indexOf(' ')));
}

/** Empty for what stands in no namespace. */
export function namespaceOf(object: string): string {
  const place = placeOf(object);
  return place.includes('/') ? place.slice(0, place.indexOf('/')) : kindOf(object) === 'Namespace' ? place : '';
}

const sharedKinds = new Set(['Node', 'StorageClass', 'Registry']);

/** What so many depend on that one symptom says nothing of it. */
export function isShared({ shared = {} }: TriageSnapshot, object: string): boolean {
  return sharedKinds.has(kindOf(object)) || Object.hasOwn(shared, object);
}

const runKinds = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod', 'Service', 'Cluster']);

function isOf({ workloads }: CriticalEntry, object: string): boolean {
  if (!runKinds.has(kindOf(object))) return false;
  const place = placeOf(object);
  const name = place.slice(place.indexOf('/') + 1);
  return workloads.some((glob) => matchesPattern(glob.includes('/') ? place : name, glob));
}

function lastWarnings({ happenings }: TriageSnapshot): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const { warning, object, at, until } of happenings) {
    if (warning) last.set(object, Math.max(last.get(object) ?? 0, Date.parse(until ?? at)));
  }
  return last;
}

function memo<Result>(compute: (key: string) => Result): (key: string) => Result {
  const known = new Map<string, { readonly found: Result }>();
  return (key) => {
    const there = known.get(key) ?? { found: compute(key) };
    known.set(key, there);
    return there.found;
  };
}
