import { z } from 'zod';
import type { Queryable } from '../../store/database.ts';
import { incidentError } from '../errors.ts';
import type { Candidate } from '../history/port.ts';
import type { Incident } from '../incident.ts';
import { actionShape } from './action-table.ts';
import { absent, anyText, digestOf, instant, invalid, prove, words } from './fields.ts';
import { rememberedAs } from './keys.ts';
import type { CandidateKept, CandidateVerdict, IncidentRecord } from './port.ts';
import { reached } from './status.ts';
import { type RecordGround, write } from './writing.ts';

const candidateShape = z.object({
  kind: z.enum(['report', 'known-issue', 'runbook']),
  document: words(500),
  title: anyText(1_000),
  at: absent(instant),
  score: z.number(),
  why: z.array(anyText(1_000)).max(100).readonly(),
  hint: z.enum(['recurrence', 'related', 'first-recorded']),
  cause: absent(anyText(8_000)),
  fix: absent(anyText(8_000)),
  actions: z.array(actionShape).max(500).readonly(),
});
export const candidatesShape = z.array(candidateShape).max(100).readonly();
export const verdictShape = z.object({
  document: words(500),
  verdict: z.enum(['accepted', 'rejected']),
  reason: words(1_000),
});
export const keptShape = candidateShape.extend({
  verdict: absent(z.enum(['accepted', 'rejected'])),
  reason: absent(words(1_000)),
});
const keptList = z.array(keptShape).readonly();

export function verdictDigest({ document, verdict, reason }: CandidateVerdict): string {
  return digestOf({ document, verdict, reason });
}

export interface HistoryKept {
  readonly askedAt: Date;
  readonly candidates: readonly Candidate[];
}

async function readHistory(queryable: Queryable, incident: string): Promise<HistoryKept | undefined> {
  const [row] = await queryable.query<{ askedAt: Date; candidates: unknown }>(
    'select asked_at as "askedAt", candidates from castellan.incident_history where incident = $1',
    [incident],
  );
  return row && { askedAt: row.askedAt, candidates: candidatesShape.parse(row.candidates) };
}

export async function readVerdicts(queryable: Queryable, incident: string): Promise<readonly CandidateVerdict[]> {
  return queryable.query<CandidateVerdict>(
    'select document, verdict, reason from castellan.incident_verdict where incident = $1 order by document',
    [incident],
  );
}

export function withVerdicts(
  candidates: readonly Candidate[],
  verdicts: readonly CandidateVerdict[],
): readonly CandidateKept[] {
  const given = new Map(verdicts.map((verdict) => [verdict.document, verdict]));
  return candidates.map((candidate) => {
    const verdict = given.get(candidate.document);
    return { ...candidate, verdict: verdict?.verdict, reason: verdict?.reason };
  });
}

/** Reviewed: every candidate has a verdict, or there is none. */
function reviewed(incident: Incident, kept: readonly CandidateKept[]): Incident {
  const open = kept.some(({ verdict }) => verdict === undefined);
  return open ? incident : { ...incident, status: reached(incident.status, 'reviewed') };
}

export function createPutCandidates(ground: RecordGround): IncidentRecord['putCandidates'] {
  return async (incident, candidates, given) => {
    const body = prove('candidates', candidatesShape, candidates);
    return write(ground, {
      incident,
      write: given,
      input: ['putCandidates', body],
      remembering: rememberedAs(keptList),
      work: async (transaction, state) => {
        await transaction.query(
          `insert into castellan.incident_history (incident, asked_at, candidates) values ($1, $2, $3::json)
           on conflict (incident) do update set asked_at = excluded.asked_at, candidates = excluded.candidates`,
          [incident, given.now, JSON.stringify(body)],
        );
        const kept = withVerdicts(candidates, await readVerdicts(transaction, incident));
        return {
          incident: reviewed(state.incident, kept),
          event: {
            kind: 'history',
            text: `${candidates.length} candidates`,
            binds: { history: digestOf({ askedAt: given.now, candidates: body }) },
          },
          answer: () => kept,
        };
      },
    });
  };
}

export function createJudge(ground: RecordGround): IncidentRecord['judge'] {
  return async (incident, verdict, given) => {
    const input = prove('verdict', verdictShape, verdict);
    return write(ground, {
      incident,
      write: given,
      input: ['judge', input],
      remembering: rememberedAs(keptShape),
      work: async (transaction, state) => {
        const history = await readHistory(transaction, incident);
        if (!history?.candidates.some(({ document }) => document === input.document)) throw unknownCandidate();
        await transaction.query(
          `insert into castellan.incident_verdict (incident, document, verdict, reason) values ($1, $2, $3, $4)
           on conflict (incident, document) do update set verdict = excluded.verdict, reason = excluded.reason`,
          [incident, input.document, input.verdict, input.reason],
        );
        const kept = withVerdicts(history.candidates, await readVerdicts(transaction, incident));
        const judged = kept.find(({ document }) => document === input.document);
        if (judged === undefined) throw invalid('the candidate is gone', 'ask history again');
        return {
          incident: reviewed(state.incident, kept),
          event: {
            kind: 'verdict',
            text: `a candidate was ${input.verdict}`,
            reason: input.reason,
            binds: { [`verdict ${input.document}`]: verdictDigest(input) },
          },
          answer: () => judged,
        };
      },
    });
  };
}

function unknownCandidate(): Error {
  return incidentError('candidate-unknown', {
    message: 'history gave no candidate of that name for this incident',
    next: 'take the document from sev_history, or from incident_show',
  });
}
