import { incidentError } from '../../src/incident/errors.ts';
import type { EvidenceDraft } from '../../src/incident/evidence.ts';
import { findingStatuses } from '../../src/incident/finding.ts';
import { severities } from '../../src/incident/incident.ts';
import type { IncidentChange, IncidentRecord, Write } from '../../src/incident/record/port.ts';
import { wordsOf } from './given.ts';
import { momentOf } from './moment.ts';
import { callText, stampText } from './words.ts';

export const entryKinds = [
  'finding',
  'note',
  'annotate',
  'exclude',
  'milestone',
  'verdict',
  'override',
  'dismiss',
] as const;

/** What an agent adds, its words redacted. */
export interface Entry {
  readonly incident: string;
  readonly kind: (typeof entryKinds)[number];
  readonly text: string | undefined;
  readonly target?: string | undefined;
  readonly status?: string | undefined;
  readonly confidence?: number | undefined;
  readonly evidence?: string | undefined;
  readonly checks: readonly string[];
  readonly at?: string | undefined;
}

interface Done {
  readonly headline: string;
  readonly next?: string | undefined;
}

type Adding = (entry: Entry, record: IncidentRecord, write: Write) => Promise<Done>;

const milestones = {
  started: 'startedAt',
  detected: 'detectedAt',
  mitigated: 'mitigatedAt',
  resolved: 'resolvedAt',
} as const satisfies Readonly<Record<string, keyof IncidentChange>>;

const wordsOfSeverity = severities.filter((severity) => severity.startsWith('SEV') || severity === 'none');

export const entries: Readonly<Record<Entry['kind'], Adding>> = {
  async finding(entry, record, write) {
    const status = oneOf(findingStatuses, entry.status ?? 'open', 'status of a finding');
    const evidence = wordsOf(entry.evidence);
    if (status !== 'open' && evidence.length === 0) {
      throw invalid(`a ${status} finding cites no evidence`, 'give evidence=ev_…; or status=open until there is some');
    }
    if (entry.target !== undefined && !/^fi_[a-z2-7]{8}$/.test(entry.target)) {
      throw invalid('target is no finding', 'give the id of the finding that is stated anew, like fi_…, or none');
    }
    const finding = await record.putFinding(
      entry.incident,
      {
        id: entry.target,
        hypothesis: required(entry.text, 'text', 'the hypothesis in one sentence'),
        status,
        confidence: entry.confidence ?? 0.5,
        evidence,
        nextChecks: entry.checks.slice(0, 10),
      },
      write,
    );
    return {
      headline: `${finding.id}: ${finding.status}, confidence ${finding.confidence}, cites ${cited(finding.evidence)}`,
    };
  },
  async note(entry, record, write) {
    const at = entry.at === undefined ? write.now : pastMoment(entry.at, write.now);
    const [evidence] = await record.addEvidence(
      entry.incident,
      [noteOf(required(entry.text, 'text', 'what was told'), at, write)],
      write,
    );
    return { headline: `${evidence?.id ?? '?'}: kept as a note of ${stampText(at)}; reported, not observed` };
  },
  annotate: async (entry, record, write) => {
    const row = rowOf(entry.target);
    await record.annotate(entry.incident, { row, note: required(entry.text, 'text', 'why the row matters') }, write);
    return { headline: `row ${row} is explained` };
  },
  exclude: async (entry, record, write) => {
    const row = rowOf(entry.target);
    const reason = required(entry.text, 'text', 'why the row is left out of the report');
    await record.annotate(entry.incident, { row, excluded: { reason } }, write);
    return { headline: `row ${row} is left out of the report, and the reason is kept` };
  },
  async milestone(entry, record, write) {
    const name = oneOf(Object.keys(milestones), entry.target ?? '', 'milestone, as target');
    const field = milestones[name as keyof typeof milestones];
    const at = pastMoment(required(entry.at, 'at', 'when, like 10m or RFC 3339'), write.now);
    const incident = await record.change(
      entry.incident,
      { [field]: at, ...(entry.text === undefined ? {} : { reason: entry.text }) },
      write,
    );
    return { headline: `${name} at ${stampText(at)}; the incident is ${incident.status}` };
  },
  async verdict(entry, record, write) {
    const verdict = oneOf(['accepted', 'rejected'] as const, entry.status ?? '', 'verdict, as status');
    const kept = await record.judge(
      entry.incident,
      {
        document: required(entry.target, 'target', 'the document of the candidate'),
        verdict,
        reason: required(entry.text, 'text', 'why'),
      },
      write,
    );
    const { candidates } = await record.dossier(entry.incident);
    const open = candidates.filter((one) => one.verdict === undefined).length;
    return {
      headline: `${verdict}, score ${kept.score.toFixed(2)}; ${open === 0 ? 'every candidate has a verdict' : `${open} without one`}`,
      next: open === 0 ? callText('post_mortem_draft', { incident: entry.incident }) : undefined,
    };
  },
  async override(entry, record, write) {
    const severity = oneOf(wordsOfSeverity, entry.target ?? '', 'severity, as target');
    const reason = required(entry.text, 'text', 'why triage is wrong');
    const by = write.by.agent;
    const incident = await record.change(entry.incident, { override: { severity, by, reason }, reason }, write);
    return { headline: `${severity} instead of ${incident.severity ?? 'nothing: triage did not run yet'}` };
  },
  async dismiss(entry, record, write) {
    const reason = required(entry.text, 'text', 'why it is no incident');
    const incident = await record.change(entry.incident, { status: 'dismissed', reason }, write);
    return { headline: `${incident.id} is dismissed and takes nothing more` };
  },
};

function noteOf(words: string, at: Date, { now, by }: Write): EvidenceDraft {
  return {
    source: 'note',
    query: `a note of ${by.agent}`,
    params: {},
    from: at,
    to: at,
    collectedAt: now,
    status: 'ok',
    payload: words,
    truncated: false,
    problem: undefined,
    clockOffsetMs: undefined,
    rows: [{ at, precision: 'minute', text: 'somebody reported', quote: words }],
  };
}

function pastMoment(text: string, now: Date): Date {
  const at = momentOf(text, now);
  if (at > now) throw invalid('at lies in the future', 'give when it happened, like 10m');
  return at;
}

function rowOf(target: string | undefined): string {
  const row = required(target, 'target', 'the key of a timeline row, of incident_show part=timeline');
  if (!/^[0-9a-f]{8}$/.test(row)) throw invalid('target is no timeline row', 'rows have keys of 8 hex digits');
  return row;
}

function required(value: string | undefined, name: string, what: string): string {
  if (value === undefined || value === '') throw invalid(`${name} is missing`, `give ${name}: ${what}`);
  return value;
}

function oneOf<const Word extends string>(words: readonly Word[], given: string, what: string): Word {
  const word = words.find((one) => one === given);
  if (word === undefined) throw invalid(`that is no ${what}`, `takes ${words.join(', ')}`);
  return word;
}

function cited(ids: readonly string[]): string {
  return ids.length === 0 ? 'nothing yet' : ids.join(', ');
}

function invalid(message: string, next: string): Error {
  return incidentError('incident-argument-invalid', { message, next });
}
