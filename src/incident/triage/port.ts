import type { SeverityLevel, Window } from '../incident.ts';

/**
 * Triage is a pure function from a snapshot and the rubric (reference/severity.yaml) to a judgement. The snapshot is plain
 * JSON: kept as evidence, it can be judged again, and recorded snapshots of others can be judged as well.
 *
 *  object     `Deployment shop/web`, `Node node-3`: as `refText` writes it
 *  domain     storage, database, networking, auth, compute, deploy
 *  episode    what belongs together in time and place: one outage
 *  suspect    an object that may be the cause, with what speaks for it
 */
export interface TriageSnapshot {
  readonly takenAt: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly nodes: readonly SnapshotNode[];
  readonly workloads: readonly SnapshotWorkload[];
  readonly services: readonly SnapshotService[];
  readonly volumes: readonly SnapshotVolume[];
  readonly certificates: readonly {
    readonly object: string;
    readonly hosts: readonly string[];
    readonly notAfter: string | null;
    readonly ready: boolean | null;
  }[];
  readonly findings: readonly SnapshotFinding[];
  readonly alerts: readonly SnapshotAlert[];
  /** Of the chronicle, and of git where it was asked: newest first. */
  readonly happenings: readonly SnapshotHappening[];
  /** `from` does not work without `to`. */
  readonly dependencies: readonly { readonly from: string; readonly to: string; readonly why: string }[];
  readonly probes: readonly SnapshotProbe[];
  /** What could not be looked at. Any of it makes a `none` unknown. */
  readonly unread: readonly { readonly what: string; readonly why: string }[];
  /** Well, and left out for want of room: counted, so that shares stay right. Absent: nothing was. */
  readonly leftOut?: LeftOut | undefined;
  /** How many workloads in all depend on what many share: a node, a store, a registry. By object. */
  readonly shared?: Readonly<Record<string, number>> | undefined;
  /** The first suspect of an incident that a failed expectation opened. */
  readonly change: {
    readonly id: string;
    readonly stack: string;
    readonly at: string;
    readonly objects: readonly string[];
  } | null;
}

export interface LeftOut {
  readonly nodes: number;
  readonly workloads: number;
  /** Of those workloads. */
  readonly pods: number;
  /** Namespaces all of whose workloads were left out. */
  readonly namespaces: number;
  readonly services: number;
  readonly volumes: number;
  readonly certificates: number;
  readonly findings: number;
  readonly alerts: number;
  readonly happenings: number;
  readonly dependencies: number;
}

export interface SnapshotNode {
  readonly name: string;
  /** `null`: unknown. */
  readonly ready: boolean | null;
  readonly schedulable: boolean;
  readonly pressures: readonly string[];
}

export interface SnapshotWorkload {
  readonly object: string;
  readonly namespace: string;
  readonly desired: number;
  readonly ready: number;
  /** Of the namespace's tier label, or the rubric's list: critical, core, normal, optional. */
  readonly tier: 'critical' | 'core' | 'normal' | 'optional';
  readonly job: boolean;
  /** Scaled to nothing on purpose. */
  readonly parked: boolean;
  readonly nodes: readonly string[];
  readonly images: readonly string[];
  readonly restarts: number;
}

export interface SnapshotService {
  readonly object: string;
  readonly readyEndpoints: number;
  /** Workloads behind it. */
  readonly backs: readonly string[];
  readonly hosts: readonly string[];
  readonly selects: boolean;
}

export interface SnapshotVolume {
  readonly object: string;
  readonly bound: boolean;
  /** From 0 to 1. */
  readonly used: number | null;
  readonly storageClass: string | null;
}

export interface SnapshotProbe {
  readonly target: string;
  readonly vantage: 'inside' | 'outside';
  /** `null`: it could not be asked. */
  readonly ok: boolean | null;
  /** When it became what it is; `null`: nobody knows. */
  readonly since: string | null;
  readonly detail: string;
}

export interface SnapshotFinding {
  readonly rule: string;
  readonly severity: 'critical' | 'warning' | 'notice';
  readonly object: string;
  /** The owner at the top. */
  readonly root: string;
  /** Of ours; no words of others. */
  readonly summary: string;
  readonly detail: string | null;
  readonly since: string | null;
}

export interface SnapshotAlert {
  readonly name: string;
  readonly severity: string | null;
  readonly state: 'firing' | 'inhibited' | 'silenced';
  readonly since: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string | null;
}

export interface SnapshotHappening {
  readonly at: string;
  readonly until: string | null;
  readonly what: string;
  readonly object: string;
  readonly text: string;
  readonly detail: string | null;
  readonly warning: boolean;
  /** Something was changed: a rollout, an image, an edit, a commit. */
  readonly change: boolean;
  readonly by: string | null;
  readonly count: number;
}

export interface Triage {
  readonly at: Date;
  /** Evidence with the snapshot. */
  readonly snapshot: string;
  readonly rubric: string;
  readonly severity: SeverityLevel;
  /** Every rule that fired, the deciding one first. */
  readonly rules: readonly RuleHit[];
  /** What would make it worse. */
  readonly wouldRaise: readonly { readonly rule: string; readonly severity: SeverityLevel; readonly needs: string }[];
  readonly episodes: readonly Episode[];
  /** Ranked, best first, at most 20. */
  readonly suspects: readonly Suspect[];
  /** At most 5; empty: none was found, which says nothing where the coverage has a gap. */
  readonly changes: readonly SuspectChange[];
  readonly namespaces: readonly string[];
  readonly domains: readonly string[];
  readonly nodes: { readonly ready: number; readonly total: number; readonly notReady: readonly string[] };
  readonly specialists: readonly { readonly agent: string; readonly why: string }[];
  readonly unread: readonly { readonly what: string; readonly why: string }[];
  readonly window: Window;
}

/** What a snapshot comes to; with a time and the evidence of the snapshot it is a Triage. */
export type Judgement = Omit<Triage, 'at' | 'snapshot'>;

export interface RuleHit {
  /** As in reference/severity.yaml. */
  readonly rule: string;
  readonly severity: SeverityLevel;
  readonly why: string;
  readonly objects: readonly string[];
}

export interface Episode {
  readonly from: Date;
  readonly to: Date;
  readonly what: string;
  readonly objects: readonly string[];
  readonly count: number;
  /** Alerts or findings that share a node, a store, a registry or an ingress are told under it. */
  readonly shared: string | undefined;
}

export interface Suspect {
  readonly object: string;
  /** From 0 to 1. */
  readonly score: number;
  readonly why: readonly string[];
  /** What it is a consequence of, and so was discounted for. */
  readonly explainedBy: string | undefined;
  /** The last change of it before the onset, however old. */
  readonly lastChange: { readonly at: Date; readonly text: string } | undefined;
}

export interface SuspectChange {
  readonly at: Date;
  readonly what: string;
  readonly object: string;
  readonly text: string;
  readonly by: string | undefined;
  readonly score: number;
  readonly why: readonly string[];
}
