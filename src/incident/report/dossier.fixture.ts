import { createHash } from 'node:crypto';
import type { Action } from '../action.ts';
import type { Evidence, EvidenceDraft, EvidenceRow } from '../evidence.ts';
import type { DetectedBy, Incident, SeverityLevel } from '../incident.ts';
import type { CandidateKept, Dossier, ReportVersion } from '../record/port.ts';
import type { Triage } from '../triage/port.ts';

/**
 * A whole incident as the record gives it: a rollout with a memory limit that is too small, pods killed, a shop that answers 503,
 * a user who tells, a commit that mends it. What is varied is in `DossierShape`; everything else follows from it.
 */
export interface DossierShape {
  readonly service: string;
  readonly namespace: string;
  /** UTC, the moment the new version was rolled out. */
  readonly rolledOutAt: Date;
  readonly severity: SeverityLevel;
  readonly detectedBy: DetectedBy;
  readonly ongoing: boolean;
  /** How far ahead the clock of the log store is. */
  readonly logClockAheadMs: number | undefined;
  readonly history: 'none' | 'related' | 'recurrence' | 'rejected';
  readonly published: boolean;
  readonly limitMi: number;
  readonly kills: number;
}

export const usualShape: DossierShape = {
  service: 'web',
  namespace: 'shop',
  rolledOutAt: new Date('2026-11-20T14:02:10Z'),
  severity: 'SEV2',
  detectedBy: 'user',
  ongoing: false,
  logClockAheadMs: undefined,
  history: 'none',
  published: false,
  limitMi: 128,
  kills: 14,
};

/** Ids of the evidence, by what it is. */
export const evidenceIds = {
  rollout: 'ev_rollout2',
  events: 'ev_events22',
  logs: 'ev_loglines',
  alerts: 'ev_noalerts',
  metrics: 'ev_nometric',
  probe: 'ev_probefiv',
  note: 'ev_usernote',
  commit: 'ev_gitcommt',
  triage: 'ev_snapshot',
  healed: 'ev_healed33',
} as const satisfies Record<string, string>;

export const earlierActionId = 'act_earlier2';
export const earlierReport = '2026-08-04-photo-workers-killed';
const incidentId = 'inc_shopweb234';

export interface DossierFixture {
  readonly dossier: Dossier;
  readonly payloads: ReadonlyMap<string, string>;
  readonly now: Date;
}

export function minutesAfter(start: Date, minutes: number): Date {
  return new Date(start.getTime() + minutes * 60_000);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** `14:02`, UTC. */
export function clock(at: Date): string {
  return at.toISOString().slice(11, 16);
}

export function dossierFixture(shape: Partial<DossierShape> = {}): DossierFixture {
  const whole = { ...usualShape, ...shape };
  const drafts = evidenceDrafts(whole);
  const times = timesOf(whole);
  const now = minutesAfter(whole.rolledOutAt, 180);
  const incident: Incident = {
    id: incidentId,
    number: 7,
    title: `${whole.service} does not answer`,
    symptom: '503 on every page',
    status: 'reviewed',
    severity: whole.severity,
    override: undefined,
    detectedBy: whole.detectedBy,
    window: { from: minutesAfter(whole.rolledOutAt, -60), to: whole.ongoing ? undefined : times.resolved },
    services: [whole.service],
    namespaces: [whole.namespace],
    startedAt: times.started,
    detectedAt: times.detected,
    mitigatedAt: whole.ongoing ? undefined : times.mitigated,
    resolvedAt: whole.ongoing ? undefined : times.resolved,
    change: undefined,
    mergedInto: undefined,
    openedBy: { agent: 'claude', human: 'robin' },
    openedAt: minutesAfter(times.detected, 1),
    version: 12,
  };
  const evidence = drafts.map(
    ([id, { payload, ...draft }]): Evidence => ({
      ...draft,
      id,
      incident: incidentId,
      sha256: sha256(payload),
      bytes: Buffer.byteLength(payload),
      by: 'claude',
    }),
  );
  const dossier: Dossier = {
    incident,
    events: [
      { seq: 1, at: incident.openedAt, kind: 'opened', text: 'opened', by: 'claude', evidence: [] },
      { seq: 2, at: minutesAfter(incident.openedAt, 1), kind: 'triaged', text: 'triaged', by: 'claude', evidence: [] },
    ],
    evidence,
    findings: [
      {
        id: 'fi_oomkill2',
        hypothesis: 'the new version needs more memory than its limit',
        status: 'supported',
        confidence: 0.9,
        evidence: [evidenceIds.events, evidenceIds.rollout],
        by: 'claude',
        at: minutesAfter(incident.openedAt, 5),
        nextChecks: [],
      },
    ],
    marks: [],
    triage: triageOf(whole, incident),
    candidates: candidatesOf(whole),
    historyAt: minutesAfter(incident.openedAt, 6),
    reports: [],
    actions: [],
    leases: [],
  };
  return { dossier, payloads: new Map(drafts.map(([id, { payload }]) => [id, payload])), now };
}

function timesOf({ rolledOutAt }: DossierShape) {
  return {
    started: minutesAfter(rolledOutAt, 2),
    detected: minutesAfter(rolledOutAt, 29),
    mitigated: minutesAfter(rolledOutAt, 47),
    resolved: minutesAfter(rolledOutAt, 52),
  };
}

function evidenceDrafts(shape: DossierShape): readonly (readonly [string, EvidenceDraft])[] {
  const { service, namespace, rolledOutAt, limitMi, kills, logClockAheadMs } = shape;
  const times = timesOf(shape);
  const [from, to] = [minutesAfter(rolledOutAt, -60), minutesAfter(rolledOutAt, 60)];
  const deployment = `Deployment ${namespace}/${service}`;
  const z = (at: Date) => at.toISOString().replace('.000Z', 'Z');
  const logAt = new Date(times.started.getTime() + 5_000 + (logClockAheadMs ?? 0));
  const draft = (
    what: Pick<EvidenceDraft, 'source' | 'query' | 'payload'> & Partial<EvidenceDraft>,
  ): EvidenceDraft => ({
    params: {},
    from,
    to,
    collectedAt: minutesAfter(rolledOutAt, 62),
    status: 'ok',
    truncated: false,
    problem: undefined,
    clockOffsetMs: undefined,
    rows: [],
    ...what,
  });
  const row = (at: Date, text: string, more: Partial<EvidenceRow> = {}): EvidenceRow => ({
    at,
    precision: 'second',
    about: deployment,
    text,
    ...more,
  });
  return [
    [
      evidenceIds.rollout,
      draft({
        source: 'changes',
        query: `changes of ${deployment}`,
        payload: `${z(rolledOutAt)} ${deployment} image ${service} 1.2 -> 1.3, limits.memory 256Mi -> ${limitMi}Mi, by helm`,
        rows: [row(rolledOutAt, `image ${service} 1.2 → 1.3`, { change: true, quote: `image ${service} 1.2 -> 1.3` })],
      }),
    ],
    [
      evidenceIds.events,
      draft({
        source: 'events',
        query: `events of namespace ${namespace}`,
        payload: `${z(times.started)} Warning OOMKilling Pod ${namespace}/${service}-7c9f4 Memory cgroup out of memory: limit ${limitMi}Mi (x${kills})`,
        rows: [
          row(times.started, 'OOMKilling', {
            count: kills,
            until: times.mitigated,
            warning: true,
            quote: `Memory cgroup out of memory: limit ${limitMi}Mi`,
          }),
        ],
      }),
    ],
    [
      evidenceIds.logs,
      draft({
        source: 'logs',
        query: `logs deploy/${service}, namespace ${namespace}`,
        to: minutesAfter(to, 240),
        clockOffsetMs: logClockAheadMs,
        payload: `${z(logAt)} level=fatal msg="cannot allocate memory" cache=warm\n${z(logAt)} level=info msg="exiting"`,
        rows: [row(logAt, 'last line before the end', { warning: true, quote: 'cannot allocate memory' })],
      }),
    ],
    [
      evidenceIds.alerts,
      draft({ source: 'alerts', query: `alerts of namespace ${namespace}`, payload: '[]', status: 'empty' }),
    ],
    [
      evidenceIds.metrics,
      draft({
        source: 'metrics',
        query: 'container_memory_working_set_bytes',
        payload: '',
        status: 'error',
        problem: 'the metrics server did not answer in time',
      }),
    ],
    [
      evidenceIds.probe,
      draft({
        source: 'http',
        query: `GET http://${service}.example.net/`,
        payload: `${z(minutesAfter(times.started, 1))} GET http://${service}.example.net/ 503 Service Unavailable in 12 ms`,
        rows: [row(minutesAfter(times.started, 1), 'answers 503', { about: `${service}.example.net`, warning: true })],
      }),
    ],
    [
      evidenceIds.note,
      draft({
        source: 'note',
        query: 'note of robin',
        payload: 'Kim wrote that the checkout shows an error page; nobody lost an order.',
        rows: [row(times.detected, 'a user reports an error page', { precision: 'minute', about: undefined })],
      }),
    ],
    [
      evidenceIds.commit,
      draft({
        source: 'git',
        query: `git log stacks/${service}`,
        payload: `${z(minutesAfter(rolledOutAt, 44))} 4be1c0d stacks/${service}/main.tf: memory limit 512Mi`,
        rows: [row(minutesAfter(rolledOutAt, 44), 'commit 4be1c0d', { about: `stacks/${service}`, change: true })],
      }),
    ],
    [evidenceIds.triage, draft({ source: 'triage', query: 'snapshot', payload: '{"takenAt":"later","nodes":[]}' })],
    [
      evidenceIds.healed,
      draft({
        source: 'kubernetes',
        query: `deploy/${service}, namespace ${namespace}`,
        payload: `{"object":"${deployment}","ready":"3/3","at":"${z(times.mitigated)}"}`,
        rows: [row(times.mitigated, 'ready 3 of 3')],
      }),
    ],
  ];
}

function triageOf({ severity, namespace, service, rolledOutAt }: DossierShape, incident: Incident): Triage {
  const object = `Deployment ${namespace}/${service}`;
  return {
    at: minutesAfter(incident.openedAt, 1),
    snapshot: evidenceIds.triage,
    rubric: 'a1b2c3d4',
    severity,
    rules: [{ rule: 'user-facing-service-down', severity, why: `${object} has no ready pod`, objects: [object] }],
    wouldRaise: [{ rule: 'critical-path-down', severity: 'SEV1', needs: 'an ingress without ready endpoints' }],
    episodes: [],
    suspects: [
      {
        object,
        score: 0.8,
        why: ['OOMKilled'],
        explainedBy: undefined,
        lastChange: { at: rolledOutAt, text: `image ${service} 1.2 → 1.3` },
      },
    ],
    changes: [],
    namespaces: [namespace],
    domains: ['compute', 'deploy'],
    nodes: { ready: 3, total: 3, notReady: [] },
    specialists: [],
    unread: [{ what: 'metrics', why: 'the metrics server did not answer in time' }],
    window: incident.window,
  };
}

export function earlierAction(shape: Partial<Action> = {}): Action {
  return {
    id: earlierActionId,
    incident: undefined,
    report: earlierReport,
    title: 'Alert when containers are killed for memory',
    type: 'alert',
    class: 'detect',
    priority: 'P1',
    owner: 'robin',
    due: '2026-09-01',
    status: 'open',
    path: undefined,
    verify: { kind: 'alert-rule', name: 'ContainerKilledForMemory' },
    automatable: false,
    createdAt: new Date('2026-08-05T09:00:00Z'),
    updatedAt: new Date('2026-08-05T09:00:00Z'),
    verified: undefined,
    change: undefined,
    ...shape,
  };
}

function candidatesOf({ history }: DossierShape): readonly CandidateKept[] {
  if (history === 'none') return [];
  const accepted = history !== 'rejected';
  return [
    {
      kind: 'report',
      document: earlierReport,
      title: 'Photo workers killed for memory',
      at: new Date('2026-08-04T10:00:00Z'),
      score: history === 'related' ? 0.4 : 0.8,
      why: ['same error "cannot allocate memory"'],
      hint: history === 'related' ? 'related' : 'recurrence',
      cause: 'a limit below what the workers need',
      fix: 'a higher limit',
      actions: [earlierAction()],
      verdict: accepted ? 'accepted' : 'rejected',
      reason: accepted
        ? 'the same way to fail, in another workload'
        : 'there the node was full, not the limit too small',
    },
  ];
}

/** A version that was published before, for corrections. */
export function publishedBefore(narrative: ReportVersion['narrative'], at: Date): ReportVersion {
  return {
    version: 1,
    narrative,
    markdown: '# report\n',
    problems: [],
    final: true,
    published: 'reports/a.md',
    supersedes: undefined,
    at,
    by: 'claude',
    sha256: sha256('# report\n'),
  };
}
