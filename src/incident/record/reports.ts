import { z } from 'zod';
import type { Queryable } from '../../store/database.ts';
import { incidentError } from '../errors.ts';
import type { IncidentStatus } from '../incident.ts';
import { narrative } from '../report/narrative.ts';
import { absent, anyText, digestOf, instant, invalid, line, prove, sha256, words } from './fields.ts';
import { nameOf, rememberedAs } from './keys.ts';
import type { IncidentRecord, ReportDraft, ReportVersion } from './port.ts';
import { reached } from './status.ts';
import { type RecordGround, write } from './writing.ts';

const longestMarkdown = 2_097_152;
const problemShape = z.object({
  rule: words(40),
  severity: z.enum(['error', 'warning']),
  path: anyText(1_000),
  message: anyText(4_000),
  fix: anyText(4_000),
});
const bodyShape = z.object({
  narrative,
  problems: z.array(problemShape).max(2_000).readonly(),
  published: absent(words(1_000)),
  supersedes: absent(z.object({ version: z.int().min(1), reason: words(1_000) })),
  at: instant,
  by: words(500),
  sha256: z.string(),
});
export const versionShape = bodyShape.extend({ version: z.int(), final: z.boolean(), markdown: line(longestMarkdown) });
const draftShape = versionShape.omit({ version: true, at: true, by: true, sha256: true });

export interface ReportRow {
  readonly version: number;
  readonly final: boolean;
  readonly body: unknown;
  readonly markdown: string;
}

export function reportDigest({ version, final, body, markdown }: ReportRow): string {
  return digestOf({ version, final, body, markdown: sha256(markdown) });
}

export async function readReportRows(queryable: Queryable, incident: string): Promise<readonly ReportRow[]> {
  return queryable.query<ReportRow>(
    'select version, final, body, markdown from castellan.incident_report where incident = $1 order by version',
    [incident],
  );
}

export function reportOf({ version, final, body, markdown }: ReportRow): ReportVersion {
  return { ...bodyShape.parse(body), version, final, markdown };
}

/** The draft takes the number behind the last final version, and whatever replaces it takes the same. */
export function createPutReport(ground: RecordGround): IncidentRecord['putReport'] {
  return async (incident, draft, given) => {
    const { markdown, final, ...input } = prove('report', draftShape, draft, 3 * longestMarkdown);
    if (Buffer.byteLength(markdown) > longestMarkdown) {
      throw invalid(`the report has more than ${longestMarkdown} bytes`, 'leave rows of the timeline out');
    }
    const valid = !draft.problems.some(({ severity }) => severity === 'error');
    if (final && !valid) {
      throw incidentError('report-invalid', {
        message: 'a report that breaks rules is not made final',
        next: 'correct what its problems say and draft it again',
      });
    }
    return write(ground, {
      incident,
      write: given,
      input: ['putReport', { ...input, final, markdown }],
      remembering: rememberedAs(versionShape),
      work: async (transaction, state) => {
        const last = await lastFinal(transaction, incident);
        if (final) assertSupersedes(draft, last);
        const at = given.now.toISOString();
        const row = {
          version: last + 1,
          final,
          body: { ...input, at, by: nameOf(given.by), sha256: sha256(markdown) },
          markdown,
        };
        await transaction.query(
          `insert into castellan.incident_report (incident, version, final, body, markdown) values ($1, $2, $3, $4::json, $5)
           on conflict (incident, version)
             do update set final = excluded.final, body = excluded.body, markdown = excluded.markdown`,
          [incident, row.version, row.final, row.body, row.markdown],
        );
        const what: IncidentStatus = final ? 'final' : valid ? 'validated' : 'drafted';
        return {
          incident: { ...state.incident, status: reached(state.incident.status, what) },
          event: {
            kind: 'report',
            text: `version ${row.version}, ${final ? 'final' : valid ? 'a valid draft' : 'a draft with errors'}`,
            reason: input.supersedes?.reason,
            binds: { [`report ${row.version}`]: reportDigest(row) },
          },
          answer: () => reportOf(row),
        };
      },
    });
  };
}

async function lastFinal(transaction: Queryable, incident: string): Promise<number> {
  const [row] = await transaction.query<{ last: number | null }>(
    'select max(version) as last from castellan.incident_report where incident = $1 and final',
    [incident],
  );
  return row?.last ?? 0;
}

function assertSupersedes({ supersedes }: ReportDraft, last: number): void {
  if (last === (supersedes?.version ?? 0)) return;
  throw invalid(
    last === 0
      ? 'there is no final version to supersede'
      : `version ${last} is final, and this one does not supersede it`,
    last === 0 ? 'leave supersedes out' : `say why it is corrected, and that it supersedes ${last}`,
  );
}
