import { randomUUID } from 'node:crypto';
import type { ActionDraft } from '../action.ts';
import type { EvidenceDraft } from '../evidence.ts';
import type { Candidate } from '../history/port.ts';
import type { Actor } from '../incident.ts';
import type { Narrative } from '../report/narrative.ts';
import type { Triage } from '../triage/port.ts';
import type { FindingDraft, IncidentDraft, IncidentRecord, ReportDraft, Write } from './port.ts';

/** Invented drafts, whole but for what a test is about. */
export const robin: Actor = { agent: 'agent:claude', human: 'human:robin' };
export const kim: Actor = { agent: 'agent:claude', human: 'human:kim' };
export const noon = new Date('2026-10-05T12:00:00Z');
export const minutes = (count: number): Date => new Date(noon.getTime() + count * 60_000);

export function writing(changed: Partial<Write> = {}): Write {
  return { by: robin, now: noon, ...changed };
}

export function incidentDraft(changed: Partial<IncidentDraft> = {}): IncidentDraft {
  return {
    title: 'Photos cannot be uploaded',
    symptom: 'uploads answer 502 since noon',
    detectedBy: 'user',
    detectedAt: minutes(5),
    window: { from: noon, to: undefined },
    services: ['photos'],
    namespaces: ['media'],
    change: undefined,
    fingerprint: `symptom-${randomUUID()}`,
    ...changed,
  };
}

export function evidenceDraft(changed: Partial<EvidenceDraft> = {}): EvidenceDraft {
  return {
    source: 'logs',
    query: 'logs deploy/photos, namespace media',
    params: { target: 'deploy/photos', limit: 100 },
    from: noon,
    to: minutes(10),
    collectedAt: minutes(10),
    status: 'ok',
    payload: '12:03:00 worker killed: out of memory\n',
    truncated: false,
    problem: undefined,
    clockOffsetMs: undefined,
    rows: [{ at: minutes(3), precision: 'second', text: 'a line of photos', quote: 'worker killed', warning: true }],
    ...changed,
  };
}

export function findingDraft(evidence: readonly string[], changed: Partial<FindingDraft> = {}): FindingDraft {
  return {
    hypothesis: 'The worker needs more memory than its limit.',
    status: 'supported',
    confidence: 0.75,
    evidence,
    nextChecks: ['usage over the last week'],
    ...changed,
  };
}

export function triageOf(snapshot: string, changed: Partial<Triage> = {}): Triage {
  return {
    at: minutes(11),
    snapshot,
    rubric: 'one',
    severity: 'SEV2',
    rules: [
      { rule: 'core-down', severity: 'SEV2', why: 'photos has no ready pod', objects: ['Deployment media/photos'] },
    ],
    wouldRaise: [{ rule: 'data-lost', severity: 'SEV1', needs: 'lost uploads' }],
    episodes: [{ from: noon, to: minutes(9), what: 'killed', objects: [], count: 4, shared: undefined }],
    suspects: [
      {
        object: 'Deployment media/photos',
        score: 0.8,
        why: ['its pods were killed'],
        explainedBy: undefined,
        lastChange: { at: minutes(-60), text: 'image photos 1.2 → 1.3' },
      },
    ],
    changes: [
      {
        at: minutes(-60),
        what: 'rollout',
        object: 'Deployment media/photos',
        text: 'a',
        by: undefined,
        score: 1,
        why: [],
      },
    ],
    namespaces: ['media'],
    domains: ['compute'],
    nodes: { ready: 2, total: 3, notReady: ['node-3'] },
    specialists: [{ agent: 'sre', why: 'memory' }],
    unread: [],
    window: { from: noon, to: undefined },
    ...changed,
  };
}

export function candidate(document: string, changed: Partial<Candidate> = {}): Candidate {
  return {
    kind: 'report',
    document,
    title: 'Photo workers killed',
    at: minutes(-90_000),
    score: 0.7,
    why: ['same service photos'],
    hint: 'recurrence',
    cause: 'too little memory',
    fix: undefined,
    actions: [
      {
        ...actionDraft('Alert on memory'),
        id: 'act_aaaaaaaa',
        incident: undefined,
        report: document,
        createdAt: minutes(-90_000),
        updatedAt: minutes(-90_000),
        verified: { result: 'fail', at: minutes(-1), detail: 'there is no such rule' },
        change: undefined,
      },
    ],
    ...changed,
  };
}

export function actionDraft(title: string, changed: Partial<ActionDraft> = {}): ActionDraft {
  return {
    title,
    type: 'alert',
    class: 'detect',
    priority: 'P1',
    owner: 'robin',
    due: '2026-12-01',
    status: 'open',
    path: 'stacks/monitoring/rules.yaml',
    verify: { kind: 'alert-rule', name: 'WorkerKilled' },
    automatable: true,
    ...changed,
  };
}

export function reportDraft(evidence: readonly string[], changed: Partial<ReportDraft> = {}): ReportDraft {
  return {
    narrative: narrativeOf([...evidence]),
    markdown: '# Photos\n\nThe worker was killed.\n',
    problems: [],
    final: false,
    published: undefined,
    supersedes: undefined,
    ...changed,
  };
}

export const aProblem = {
  rule: 'V9',
  severity: 'error',
  path: 'summary[0]',
  message: 'cites nothing',
  fix: 'cite',
} as const;

function narrativeOf(evidence: string[]): Narrative {
  const claim = { text: 'The worker was killed.', evidence };
  return {
    title: 'Photos',
    status: 'resolved',
    authors: ['agent:claude'],
    services: ['photos'],
    namespaces: ['media'],
    summary: [claim],
    impact: { users: [claim], services: [claim], dataLoss: claim },
    cause: { steps: [{ id: 'limit', claim, leadsTo: [] }], ruledOut: [], contributing: [] },
    detection: { by: 'user', how: claim, gap: claim },
    resolution: { steps: [claim] },
    recurrence: { verdict: 'first_recorded', text: 'Nothing like it.', of: [], earlierActions: [] },
    actions: [],
    lessons: { well: [], poorly: [], lucky: [] },
    clockNotes: [],
  };
}

/** An incident with a piece of evidence. */
export async function begun(record: IncidentRecord, changed: Partial<IncidentDraft> = {}) {
  const { incident } = await record.open(incidentDraft(changed), writing());
  const [evidence] = await record.addEvidence(incident.id, [evidenceDraft()], writing());
  if (evidence === undefined) throw new Error('no evidence came back');
  return { id: incident.id, evidence };
}
