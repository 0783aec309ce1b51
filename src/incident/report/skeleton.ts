import type { Dossier } from '../record/port.ts';
import type { TimelineRow } from '../timeline/port.ts';
import { figuresOf, writeDuration } from './duration.ts';

const openStatuses: readonly string[] = ['open', 'in-progress', 'regressed'];
const shownEvidence = 40;
const shownRows = 40;

/** What an agent starts a narrative from: what the record fills in, and what only a writer can say. */
export interface Skeleton {
  /** A part of a Narrative: the rest is in `needs`. */
  readonly narrative: {
    readonly title: string;
    readonly status: 'mitigated' | 'resolved' | 'ongoing';
    readonly services: readonly string[];
    readonly namespaces: readonly string[];
    readonly impact: { readonly duration?: string };
    readonly cause: {
      readonly steps: readonly { readonly claim: { readonly text: string; readonly evidence: readonly string[] } }[];
      readonly ruledOut: readonly { readonly text: string; readonly evidence: readonly string[] }[];
    };
    readonly detection: { readonly by: string; readonly timeToDetect?: string };
    readonly resolution: { readonly timeToResolve?: string };
    readonly recurrence: {
      readonly verdict: 'recurrence' | 'related' | 'first_recorded';
      readonly of: readonly string[];
      readonly earlierActions: readonly { readonly id: string; readonly status: string }[];
    };
  };
  /** What there is to cite. */
  readonly evidence: readonly {
    readonly id: string;
    readonly source: string;
    readonly status: string;
    readonly query: string;
  }[];
  /** Rows worth a sentence. */
  readonly rows: readonly { readonly at: string; readonly text: string; readonly evidence: readonly string[] }[];
  readonly needs: readonly string[];
}

/** Pure. Texts in it are others' and redacted. */
export function skeletonOf(dossier: Dossier, timeline: readonly TimelineRow[]): Skeleton {
  const { incident, findings, candidates, evidence } = dossier;
  const { outage, lasted, toDetect } = figuresOf(incident);
  const total = outage ?? lasted;
  const accepted = candidates.filter(({ verdict, kind }) => verdict === 'accepted' && kind === 'report');
  const hypotheses = (status: string) =>
    findings
      .filter((finding) => finding.status === status)
      .map(({ hypothesis, evidence: cited }) => ({ text: hypothesis, evidence: cited }));
  return {
    narrative: {
      title: incident.title,
      status: incident.resolvedAt ? 'resolved' : incident.mitigatedAt ? 'mitigated' : 'ongoing',
      services: incident.services,
      namespaces: incident.namespaces,
      impact: total === undefined ? {} : { duration: writeDuration(total) },
      cause: { steps: hypotheses('supported').map((claim) => ({ claim })), ruledOut: hypotheses('refuted') },
      detection: {
        by: incident.detectedBy,
        ...(toDetect === undefined ? {} : { timeToDetect: writeDuration(toDetect) }),
      },
      resolution: lasted === undefined ? {} : { timeToResolve: writeDuration(lasted) },
      recurrence: {
        verdict: verdictOf(accepted),
        of: accepted.map(({ document }) => document),
        earlierActions: accepted.flatMap(({ actions }) => actions.map(({ id, status }) => ({ id, status }))),
      },
    },
    evidence: evidence.slice(0, shownEvidence).map(({ id, source, status, query }) => ({ id, source, status, query })),
    rows: timeline
      .filter(({ excluded, warning, change }) => excluded === undefined && (warning || change))
      .slice(0, shownRows)
      .map(({ at, about, text, evidence: cited }) => ({
        at: at.toISOString(),
        text: about === undefined ? text : `${about}: ${text}`,
        evidence: cited,
      })),
    needs: needsOf(dossier, timeline),
  };
}

function verdictOf(accepted: Dossier['candidates']): Skeleton['narrative']['recurrence']['verdict'] {
  if (accepted.length === 0) return 'first_recorded';
  return accepted.some(({ hint }) => hint === 'recurrence') ? 'recurrence' : 'related';
}

function needsOf(dossier: Dossier, timeline: readonly TimelineRow[]): readonly string[] {
  const { incident, triage, historyAt, candidates, findings, evidence } = dossier;
  const unjudged = candidates.filter(({ verdict }) => verdict === undefined).length;
  const failed = evidence.filter(({ status }) => status === 'error').length;
  const owed = candidates
    .flatMap(({ actions }) => actions)
    .filter(({ status }) => openStatuses.includes(status)).length;
  const when = (needed: boolean, text: string) => (needed ? [text] : []);
  return [
    ...when(triage === undefined, 'run sev_triage: there is no severity'),
    ...when(historyAt === undefined, 'run sev_history: nobody looked for earlier ones'),
    ...when(unjudged > 0, `judge ${unjudged} recurrence candidates`),
    ...when(incident.startedAt === undefined, 'set when it began'),
    ...when(incident.mitigatedAt === undefined, 'set when it was mitigated, or write `ongoing`'),
    ...when(incident.resolvedAt === undefined, 'set when it was resolved, if it was'),
    ...when(!findings.some(({ status }) => status === 'supported'), 'record a finding that is supported by evidence'),
    ...when(!findings.some(({ status }) => status === 'refuted'), 'ruledOut: say what else it could have been'),
    ...when(failed > 0, `${failed} questions could not be asked: ask again, or leave it to the coverage`),
    ...when(
      !evidence.some(({ status }) => status === 'empty'),
      'detection.gap: an absence cites an empty answer, and there is none',
    ),
    ...when(
      timeline.some(({ disagreementMs }) => disagreementMs !== undefined),
      'clockNotes: sources differ about a time',
    ),
    ...when(owed > 0, `recurrence.earlierActions: ${owed} earlier items are open`),
    ...when(
      ['user', 'human'].includes(incident.detectedBy),
      'actions: one of the class `detect`, for a human noticed it',
    ),
    'authors, summary, impact, detection.how, detection.gap, resolution.steps, recurrence.text, actions, lessons',
    'cause.steps: ids, and what each leads to, as far as `impact`',
  ];
}
