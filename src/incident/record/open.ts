import type { Database } from '../../store/database.ts';
import { listActions, readAction } from './action-table.ts';
import { createChangeAction, createPutActions } from './actions.ts';
import { createJudge, createPutCandidates } from './candidates.ts';
import { createChange } from './change.ts';
import { createDossier } from './dossier.ts';
import { createAddEvidence, createPayloads } from './evidence-table.ts';
import { createPutFinding } from './findings.ts';
import { listIncidents, readIncident } from './incident-table.ts';
import { createHolding } from './leases.ts';
import { createOpen } from './open-incident.ts';
import { type IncidentRecord, leaseMs } from './port.ts';
import { newId } from './record-id.ts';
import { createPutReport } from './reports.ts';
import { createAnnotate } from './row-marks.ts';
import { createPutTriage } from './triage-table.ts';
import { createVerify } from './verify.ts';
import type { RecordGround } from './writing.ts';

/** The record over a database that is open and migrated. It keeps nothing of its own, so several processes may have one. */
export function openIncidentRecord(given: Pick<RecordGround, 'database'> & Partial<RecordGround>): IncidentRecord {
  const ground: RecordGround = { newId, leaseMs, ...given };
  const database: Database = ground.database;
  return {
    open: createOpen(ground),
    get: async (id) => (await readIncident(database, id)).incident,
    list: (filter) => listIncidents(database, filter),
    dossier: createDossier(ground),
    change: createChange(ground),
    addEvidence: createAddEvidence(ground),
    payloads: createPayloads(ground),
    putFinding: createPutFinding(ground),
    annotate: createAnnotate(ground),
    putTriage: createPutTriage(ground),
    putCandidates: createPutCandidates(ground),
    judge: createJudge(ground),
    putReport: createPutReport(ground),
    actions: (filter) => listActions(database, filter),
    action: (id) => readAction(database, id),
    putActions: createPutActions(ground),
    changeAction: createChangeAction(ground),
    holding: createHolding(ground),
    verify: createVerify(database),
  };
}
