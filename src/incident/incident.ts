/**
 * The words of incidents.
 *
 *  incident   the durable record of something that went wrong: what was seen, found, decided and learned. It is never deleted
 *  event      one thing that happened to the record; appended, numbered, chained by hashes
 *  evidence   bytes that were seen, redacted, with what was asked and how it ended; evidence.ts
 *  finding    a hypothesis that somebody stated, and the evidence it cites; finding.ts
 *  snapshot   everything triage looked at, as data: kept as evidence, so that it can be judged again; triage/port.ts
 *  stage      a piece of work that one holds at a time, under a lease that ends by itself; record/port.ts
 *  timeline   rows compiled from evidence, never written; timeline/port.ts
 *  report     the validated account, in versions that are only added; report/port.ts
 *  action     what is to be done so that it does not happen again, with an owner and a test of whether it landed; action.ts
 *
 *  open → triaged → investigating → mitigated → reviewed → drafted → validated → final → amended
 *                                      (any before final) → dismissed | merged
 *
 * Reviewed: history was looked at, and every candidate has a verdict or there was none. Drafted: there is a draft that the
 * validator refused; validated: one that it accepted. A status is never taken back but by `amended`; stages that were skipped
 * are seen in the report.
 */
export const incidentStatuses = [
  'open',
  'triaged',
  'investigating',
  'mitigated',
  'reviewed',
  'drafted',
  'validated',
  'final',
  'amended',
  'dismissed',
  'merged',
] as const;
export type IncidentStatus = (typeof incidentStatuses)[number];

/** `unknown`: it could not be measured. Never taken for none. */
export const severities = ['SEV1', 'SEV2', 'SEV3', 'SEV4', 'none', 'unknown'] as const;
export type SeverityLevel = (typeof severities)[number];

export interface Incident {
  /** `inc_` and 10 base32 digits. */
  readonly id: string;
  /** Counted from 1, for people. */
  readonly number: number;
  /** In the words of whoever opened it, redacted: somebody else's text. */
  readonly title: string;
  readonly symptom: string;
  readonly status: IncidentStatus;
  /** What triage found; undefined until it ran. */
  readonly severity: SeverityLevel | undefined;
  /** A human or agent says otherwise, and why. */
  readonly override: { readonly severity: SeverityLevel; readonly by: string; readonly reason: string } | undefined;
  /** How it was noticed: by whom the detection gap is judged. */
  readonly detectedBy: DetectedBy;
  readonly window: Window;
  readonly services: readonly string[];
  readonly namespaces: readonly string[];
  readonly startedAt: Date | undefined;
  readonly detectedAt: Date;
  readonly mitigatedAt: Date | undefined;
  readonly resolvedAt: Date | undefined;
  /** The applied change whose expectation failed: the first suspect. */
  readonly change: string | undefined;
  readonly mergedInto: string | undefined;
  readonly openedBy: Actor;
  readonly openedAt: Date;
  /** Raised by everything that is recorded: whoever writes may say which one they saw. */
  readonly version: number;
}

export const detections = ['alert', 'check', 'user', 'human', 'change', 'agent', 'unknown'] as const;
/** `user`: somebody who uses the service; `human`: an operator who looked; `check`: a sweep or probe; `change`: a failed expectation. */
export type DetectedBy = (typeof detections)[number];

export interface Window {
  readonly from: Date;
  /** Undefined: it goes on. */
  readonly to: Date | undefined;
}

/** Labels of whoever asked, from the principal: `agent:claude`, `human:robin`. */
export interface Actor {
  readonly agent: string;
  readonly human: string;
}

/** What the daemon does unasked: it reads documents, verifies actions, opens what a change failed at. */
export const ourselves: Actor = { agent: 'agent:castellan', human: 'human:castellan' };
