import { z } from 'zod';
import { verdicts } from '../finding.ts';
import { planActions } from '../plan/reading.ts';

/**
 * What the keep tells the daemon of a plan run, and keeps of it. Everything here is masked already: it may be shown to an agent.
 *
 *  queued → fetching → judging → planning → planned | no-changes | denied | failed
 *                          └▶ needs-consent
 *  withdrawn (by its agent) and interrupted (the keep was stopped) end a run from any state before.
 */
export const runStates = [
  'queued',
  'fetching',
  'judging',
  'planning',
  'needs-consent',
  'planned',
  'no-changes',
  'denied',
  'failed',
  'withdrawn',
  'interrupted',
] as const;
export type RunState = (typeof runStates)[number];

/** `run_` and 26 base32 digits: 130 random bits. */
export const runId = z.string().regex(/^run_[a-z2-7]{26}$/, 'must be an id like run_…');

const place = z.strictObject({ file: z.string(), line: z.int() });

export const wireFinding = z.strictObject({
  rule: z.string(),
  verdict: z.enum(verdicts),
  file: z.string().optional(),
  line: z.int().optional(),
  message: z.string(),
});

/** A leaf that differs. `shown` when both sides stand literally in the source; otherwise `before` and `after` are words like «sensitive». */
const leafChange = z.strictObject({
  path: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
  place: place.optional(),
});

const resourceChange = z.strictObject({
  address: z.string(),
  action: z.enum(planActions),
  /** Kind, namespace and name where it is a Kubernetes object whose identity stands in the source. */
  object: z.string().optional(),
  reason: z.string().optional(),
  previousAddress: z.string().optional(),
  notes: z.array(z.string()),
  place: place.optional(),
  leaves: z.array(leafChange),
  /** Leaves that were left out. */
  more: z.int(),
});
export type WireResourceChange = z.output<typeof resourceChange>;

const counts = z.strictObject({
  create: z.int(),
  update: z.int(),
  delete: z.int(),
  replace: z.int(),
  forget: z.int(),
  import: z.int(),
  move: z.int(),
  read: z.int(),
});

export const riskLevels = ['low', 'medium', 'high', 'critical', 'deny'] as const;
export type RiskLevel = (typeof riskLevels)[number];

const riskReason = z.strictObject({ rule: z.string(), level: z.enum(riskLevels), text: z.string() });
export type WireRiskReason = z.output<typeof riskReason>;

const blastRadius = z.strictObject({
  /** Stacks that depend on this one, directly or not. */
  stacks: z.array(z.string()),
  /** Resources of this plan that depend on what is changed. */
  resources: z.array(z.string()),
  /** Hosts routed to changed workloads. */
  hosts: z.array(z.string()),
  volumes: z.array(z.strictObject({ claim: z.string(), size: z.string(), newestBackup: z.string() })),
  /** What could not be found out. */
  unknown: z.array(z.string()),
});
export type WireBlastRadius = z.output<typeof blastRadius>;

const conventionFinding = z.strictObject({
  id: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  text: z.string(),
  file: z.string().optional(),
  line: z.int().optional(),
  address: z.string().optional(),
  /** Whether the proposal brought it, or it was there before. */
  isNew: z.boolean(),
});
export type WireConventionFinding = z.output<typeof conventionFinding>;

export const planSummary = z.strictObject({
  counts,
  changes: z.array(resourceChange),
  /** Changes that were left out; the most dangerous come first. */
  moreChanges: z.int().optional(),
  drift: z.array(z.strictObject({ address: z.string(), action: z.enum(planActions), paths: z.array(z.string()) })),
  outputs: z.array(z.strictObject({ name: z.string(), action: z.enum(planActions), value: z.string() })),
  checks: z.array(z.strictObject({ address: z.string(), status: z.string(), problems: z.array(z.string()) })),
  deferred: z.array(z.string()),
  /** Provisioners and action blocks: code an apply would run. */
  executes: z.array(z.string()),
  /** SHA-256 of everything the plan would do, keyed by a secret of the keep, without its time: two plans of one digest do the same. */
  digest: z.string(),
  complete: z.boolean(),
  risk: z.strictObject({ level: z.enum(riskLevels), reasons: z.array(riskReason) }),
  blastRadius,
  conventions: z.array(conventionFinding),
});
export type PlanSummary = z.output<typeof planSummary>;

export const runView = z.strictObject({
  id: runId,
  stack: z.string(),
  state: z.enum(runStates),
  /** ISO 8601. */
  createdAt: z.string(),
  changedAt: z.string(),
  agent: z.string(),
  human: z.string(),
  /** What for, in the words of whoever asked. */
  reason: z.string().optional(),
  base: z.string(),
  /** Tree id; absent when the base itself is planned. */
  proposed: z.string().optional(),
  changedFiles: z.array(z.strictObject({ path: z.string(), change: z.enum(['added', 'removed', 'modified']) })),
  findings: z.array(wireFinding),
  /** What a human would consent to: SHA-256 over {tree, diff, profile}. */
  consent: z.string().optional(),
  summary: planSummary.optional(),
  failure: z
    .strictObject({ step: z.string(), code: z.string(), message: z.string(), lines: z.array(z.string()) })
    .optional(),
  engine: z.string().optional(),
  stateOf: z.strictObject({ lineage: z.string(), serial: z.int() }).optional(),
  /** Milliseconds of each step. */
  took: z.record(z.string(), z.number()),
});
export type RunView = z.output<typeof runView>;
