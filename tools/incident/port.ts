import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import type { Chronicle, ClusterReader } from '../../src/cluster/index.ts';
import type { Action, Verified } from '../../src/incident/action.ts';
import type { EvidenceDraft, EvidenceSource } from '../../src/incident/evidence.ts';
import type { History } from '../../src/incident/history/port.ts';
import type { Actor, Incident } from '../../src/incident/incident.ts';
import type { Knowledge } from '../../src/incident/knowledge/port.ts';
import type { Dossier, IncidentRecord } from '../../src/incident/record/port.ts';
import type { Narrative } from '../../src/incident/report/narrative.ts';
import type { Problem, ReportInput, Validation } from '../../src/incident/report/port.ts';
import type { InfraRepository, Source } from '../../src/incident/sources/port.ts';
import type { TimelineRow } from '../../src/incident/timeline/port.ts';
import type { Judgement, Triage } from '../../src/incident/triage/port.ts';
import type { JsonObject, Principal, ProbeFinding, Reach } from '../../src/kit/index.ts';
import type { Alerts, LogStore, Metrics } from '../../src/monitoring/port.ts';
import type { Probes } from '../../src/probe/port.ts';
import type { VaultSession } from '../../src/vault/index.ts';
import type { Watched } from './sweep/look.ts';

/** What the tools of this group run against. What is undefined is not configured; what is a Reach may fail when it is asked. */
export interface IncidentPorts {
  readonly record: IncidentRecord;
  readonly history: History;
  readonly knowledge: Knowledge;
  readonly sources: ReadonlyMap<EvidenceSource, Source>;
  readonly cluster: Reach<ClusterReader> | undefined;
  readonly chronicle: Reach<Pick<Chronicle, 'read' | 'rootOf'>> | undefined;
  readonly metrics: Reach<Metrics> | undefined;
  readonly alerts: Reach<Alerts> | undefined;
  readonly logStore: Reach<LogStore> | undefined;
  readonly keep: Reach<KeepClient> | undefined;
  readonly repository: InfraRepository | undefined;
  readonly probes: Probes;
  readonly vault: Reach<VaultSession> | undefined;
  /** What a sweep looks at each time. */
  readonly watch: Watched;
  readonly publish: PublishTarget | undefined;
  readonly triager: Triager;
  readonly reporter: Reporter;
  /** Looks whether an action landed. */
  verify(action: Action, context: Asking): Promise<Verified>;
  /** Reads past reports, known issues and runbooks. */
  importFiles(files: readonly ImportedFile[], by: Actor, now: Date): Promise<JsonObject>;
  /** Of an agent's words, before they are stored. */
  redact(text: string): string;
  /** How often redaction would take something away. */
  withheldFrom(text: string, author: 'others' | 'agent'): number;
  /** Somebody else's words that were kept: what became known since is masked in them too. */
  redactKept(text: string): string;
  /** What doctor tells. */
  findings(): Promise<readonly ProbeFinding[]>;
}

export interface Asking {
  readonly signal: AbortSignal;
  readonly now: Date;
}

export interface ImportedFile {
  readonly path: string;
  readonly text: string;
}

/** Triage in two steps, with the record between them: what was looked at is kept, and judged from what was kept. */
export interface Triager {
  /** One look at everything; its payload is a snapshot, and what could not be looked at stands in it. */
  take(incident: Incident, namespaces: readonly string[], context: Asking): Promise<EvidenceDraft>;
  /** Pure. Errors: `snapshot-invalid`. */
  judge(payload: string, kept: { readonly evidence: string; readonly at: Date }): Triage;
  /** By today's rubric; `differences`: what was judged otherwise then, a line each. Errors: `snapshot-invalid`. */
  replay(
    payload: string,
    then: Triage | undefined,
  ): { readonly judgement: Judgement; readonly differences: readonly string[] };
}

/** Everything about reports that is pure. */
export interface Reporter {
  compile(dossier: Dossier): readonly TimelineRow[];
  /** A narrative as far as the record has it, as JSON, and what is missing in it. */
  skeleton(
    dossier: Dossier,
    timeline: readonly TimelineRow[],
  ): { readonly json: string; readonly needs: readonly string[] };
  parse(text: string): { readonly narrative: Narrative } | { readonly problems: readonly Problem[] };
  validate(input: ReportInput): Validation;
  render(input: ReportInput): string;
  readonly recurrenceThreshold: number;
  readonly rubricRules: readonly string[];
  /** Stacks whose actions are never prepared without asking. */
  readonly platformStacks: readonly string[];
}

/** Where reports go: a folder of this host, or a file of the infra repository, through a change that a human signs. */
export type PublishTarget =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'change'; readonly folder: string; readonly stack: string };

export function actorOf({ agent, human }: Principal): Actor {
  return { agent, human };
}
