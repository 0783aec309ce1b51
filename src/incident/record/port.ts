import type { Action, ActionDraft, ActionStatus, Verified } from '../action.ts';
import type { Evidence, EvidenceDraft } from '../evidence.ts';
import type { Finding, FindingStatus } from '../finding.ts';
import type { Candidate } from '../history/port.ts';
import type { Actor, DetectedBy, Incident, IncidentStatus, Window } from '../incident.ts';
import type { Narrative } from '../report/narrative.ts';
import type { Problem } from '../report/port.ts';
import type { Triage } from '../triage/port.ts';

/**
 * What is kept of incidents. Every write is one transaction: it raises the incident's version, appends an event, and keeps the
 * answer under the caller's key, so that a call that is sent again after a crash gets the first one's answer and does nothing.
 * Nothing that was acknowledged is lost by a kill or a loss of power; events and evidence are chained by hashes.
 *
 * Everything that comes in is redacted by whoever brings it. Errors: errors.ts, and those of the database.
 */
export interface IncidentRecord {
  /** Gives the incident that is open for the same thing, where there is one: same fingerprint, or the same change. */
  open(draft: IncidentDraft, write: Write): Promise<{ readonly incident: Incident; readonly existing: boolean }>;
  get(id: string): Promise<Incident>;
  list(filter: IncidentFilter): Promise<{ readonly incidents: readonly Incident[]; readonly total: number }>;
  /** Everything but payloads; one moment's. */
  dossier(id: string): Promise<Dossier>;

  change(id: string, what: IncidentChange, write: Write): Promise<Incident>;
  addEvidence(id: string, drafts: readonly EvidenceDraft[], write: Write): Promise<readonly Evidence[]>;
  /** Payloads by evidence id, whose bytes were held against their hashes; one that fails is left out and named. */
  payloads(
    ids: readonly string[],
  ): Promise<{ readonly texts: ReadonlyMap<string, string>; readonly tampered: readonly string[] }>;
  /** Errors: `evidence-unknown`, `finding-unknown`. */
  putFinding(id: string, draft: FindingDraft, write: Write): Promise<Finding>;
  /** A row of the timeline is explained, or left out of the report and why; `row` is TimelineRow.key. */
  annotate(id: string, mark: RowMark, write: Write): Promise<void>;
  /** Replaces what triage found before. */
  putTriage(id: string, triage: Triage, write: Write): Promise<Incident>;
  /** Replaces the candidates; verdicts that were given to the same documents stay. */
  putCandidates(id: string, candidates: readonly Candidate[], write: Write): Promise<readonly CandidateKept[]>;
  /** Errors: `candidate-unknown`. */
  judge(id: string, verdict: CandidateVerdict, write: Write): Promise<CandidateKept>;
  /** A new version of the report: a draft replaces the draft before it, what is final stays for ever. */
  putReport(id: string, report: ReportDraft, write: Write): Promise<ReportVersion>;

  /** Of incidents and of imported reports. */
  actions(filter: ActionFilter): Promise<{ readonly actions: readonly Action[]; readonly total: number }>;
  action(id: string): Promise<Action>;
  /** Replaces those of the incident or the report that have the same title, adds the others. */
  putActions(of: ActionOwner, drafts: readonly ActionDraft[], write: Write): Promise<readonly Action[]>;
  changeAction(id: string, what: ActionChange, write: Write): Promise<Action>;

  /**
   * Runs `work` while nobody else holds this stage of the incident. The lease is renewed while it runs and ends by itself
   * `leaseMs` after its holder died. Errors: `incident-stage-held`.
   */
  holding<Result>(id: string, stage: Stage, actor: Actor, work: () => Promise<Result>): Promise<Result>;
  /** Holds the chains against their hashes, all of them or one incident's. */
  verify(
    id?: string,
  ): Promise<{ readonly incidents: number; readonly events: number; readonly broken: readonly string[] }>;
}

export interface Write {
  readonly by: Actor;
  /** Same key and same input: the first answer. Same key, other input: `incident-key-reused`. Keys are the principal's own. */
  readonly key?: string | undefined;
  /** What the key is held against in place of the draft: a draft that was gathered holds times and payloads that a second call cannot repeat. */
  readonly asked?: string | undefined;
  /** `incident-moved-on` when the incident is newer. */
  readonly expectedVersion?: number | undefined;
  readonly now: Date;
}

export const stages = ['triage', 'history', 'draft', 'publish'] as const;
export type Stage = (typeof stages)[number];
export const leaseMs = 60_000;

export interface IncidentDraft {
  readonly title: string;
  readonly symptom: string;
  readonly detectedBy: DetectedBy;
  readonly detectedAt: Date;
  readonly window: Window;
  readonly services: readonly string[];
  readonly namespaces: readonly string[];
  readonly change: string | undefined;
  /** What makes two openings the same: an alert's fingerprint, or one of symptom, services and namespaces; record/fingerprint.ts. */
  readonly fingerprint: string;
}

export interface IncidentFilter {
  readonly status?: readonly IncidentStatus[] | undefined;
  readonly since?: Date | undefined;
  /** In its services, namespaces or title. */
  readonly about?: string | undefined;
  readonly limit: number;
  readonly skip: number;
}

export interface IncidentChange {
  readonly status?: IncidentStatus | undefined;
  readonly override?: Incident['override'];
  readonly startedAt?: Date | undefined;
  readonly detectedAt?: Date | undefined;
  readonly mitigatedAt?: Date | undefined;
  readonly resolvedAt?: Date | undefined;
  readonly window?: Window | undefined;
  readonly services?: readonly string[] | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly mergedInto?: string | undefined;
  /** Why, for the event. */
  readonly reason?: string | undefined;
}

export interface FindingDraft {
  /** Of a finding that is stated anew. */
  readonly id?: string | undefined;
  readonly hypothesis: string;
  readonly status: FindingStatus;
  readonly confidence: number;
  readonly evidence: readonly string[];
  readonly nextChecks: readonly string[];
}

export interface RowMark {
  readonly row: string;
  readonly note?: string | undefined;
  readonly excluded?: { readonly reason: string } | undefined;
}

export interface CandidateVerdict {
  readonly document: string;
  readonly verdict: 'accepted' | 'rejected';
  readonly reason: string;
}

export interface CandidateKept extends Candidate {
  readonly verdict: 'accepted' | 'rejected' | undefined;
  readonly reason: string | undefined;
}

export interface ReportDraft {
  readonly narrative: Narrative;
  readonly markdown: string;
  readonly problems: readonly Problem[];
  readonly final: boolean;
  /** Where it was published: a path, a change. */
  readonly published: string | undefined;
  readonly supersedes: { readonly version: number; readonly reason: string } | undefined;
}

export interface ReportVersion extends ReportDraft {
  /** From 1. */
  readonly version: number;
  readonly at: Date;
  readonly by: string;
  readonly sha256: string;
}

export interface ActionFilter {
  readonly incident?: string | undefined;
  readonly report?: string | undefined;
  readonly status?: readonly ActionStatus[] | undefined;
  readonly owner?: string | undefined;
  /** Words of its title. */
  readonly text?: string | undefined;
  readonly limit: number;
  readonly skip: number;
}

export type ActionOwner = { readonly incident: string } | { readonly report: string };

export interface ActionChange {
  readonly status?: ActionStatus | undefined;
  readonly owner?: string | undefined;
  readonly due?: string | undefined;
  readonly priority?: Action['priority'] | undefined;
  readonly verify?: Action['verify'];
  readonly path?: string | undefined;
  readonly change?: string | undefined;
  readonly verified?: Verified | undefined;
}

export interface IncidentEvent {
  readonly seq: number;
  readonly at: Date;
  /** `opened`, `evidence`, `finding`, `triaged`, `status`, `report` …; record/events.ts lists them. */
  readonly kind: string;
  /** Our words. */
  readonly text: string;
  /** Somebody else's, redacted: why. */
  readonly reason?: string | undefined;
  /** `agent:claude for human:robin`. */
  readonly by: string;
  readonly evidence: readonly string[];
}

export interface Dossier {
  readonly incident: Incident;
  readonly events: readonly IncidentEvent[];
  readonly evidence: readonly Evidence[];
  readonly findings: readonly Finding[];
  readonly marks: readonly RowMark[];
  readonly triage: Triage | undefined;
  readonly candidates: readonly CandidateKept[];
  /** When history was last asked; undefined: never. */
  readonly historyAt: Date | undefined;
  readonly reports: readonly ReportVersion[];
  readonly actions: readonly Action[];
  readonly leases: readonly { readonly stage: Stage; readonly holder: string; readonly until: Date }[];
}
