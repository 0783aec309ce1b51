import type { Queryable } from '../../store/database.ts';
import type { Triage } from '../triage/port.ts';
import { readActionsOf } from './action-table.ts';
import { candidatesShape, verdictShape, withVerdicts } from './candidates.ts';
import { readEvents, toldOf } from './events.ts';
import { readEvidence } from './evidence-table.ts';
import { readFindings } from './findings.ts';
import { readIncident } from './incident-table.ts';
import { readLeases } from './leases.ts';
import type { Dossier, IncidentRecord } from './port.ts';
import { readReportRows, reportOf } from './reports.ts';
import { readMarks } from './row-marks.ts';
import { triageShape } from './triage-table.ts';
import type { RecordGround } from './writing.ts';

/** All statements of one read see the same moment, whoever writes meanwhile. */
export const oneMoment = 'set transaction isolation level repeatable read read only';

/** Ten statements, however much there is. */
export function createDossier({ database }: RecordGround): IncidentRecord['dossier'] {
  return (id) =>
    database.transaction(async (transaction) => {
      await transaction.query(oneMoment);
      const { incident } = await readIncident(transaction, id);
      return {
        incident,
        events: (await readEvents(transaction, id)).map(toldOf),
        evidence: await readEvidence(transaction, id),
        findings: await readFindings(transaction, id),
        marks: await readMarks(transaction, id),
        ...(await readJudged(transaction, id)),
        reports: (await readReportRows(transaction, id)).map(reportOf),
        actions: await readActionsOf(transaction, { incident: id }),
        leases: await readLeases(transaction, id),
      };
    });
}

interface JudgedRow {
  readonly triage: unknown;
  readonly askedAt: Date | null;
  readonly candidates: unknown;
  readonly verdicts: unknown;
}

/** What triage and history made of it. */
async function readJudged(
  queryable: Queryable,
  id: string,
): Promise<Pick<Dossier, 'triage' | 'candidates' | 'historyAt'>> {
  const [row] = await queryable.query<JudgedRow>(
    `select triage.body as triage, history.asked_at as "askedAt", history.candidates,
       (select coalesce(json_agg(json_build_object('document', document, 'verdict', verdict, 'reason', reason)), '[]')
        from castellan.incident_verdict where incident = $1) as verdicts
     from castellan.incident
     left join castellan.incident_triage triage on triage.incident = incident.id
     left join castellan.incident_history history on history.incident = incident.id
     where incident.id = $1`,
    [id],
  );
  const triage: Triage | undefined = triageShape.nullish().parse(row?.triage) ?? undefined;
  const candidates = candidatesShape.nullish().parse(row?.candidates) ?? [];
  const verdicts = verdictShape.array().parse(row?.verdicts);
  return { triage, candidates: withVerdicts(candidates, verdicts), historyAt: row?.askedAt ?? undefined };
}
