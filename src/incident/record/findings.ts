import { z } from 'zod';
import type { Queryable } from '../../store/database.ts';
import { incidentError } from '../errors.ts';
import { type Finding, findingStatuses } from '../finding.ts';
import { assertEvidence } from './evidence-table.ts';
import { digestOf, idOf, instant, invalid, prove, words } from './fields.ts';
import { nameOf, rememberedAs } from './keys.ts';
import type { IncidentRecord } from './port.ts';
import { idPattern } from './record-id.ts';
import { reached } from './status.ts';
import { type RecordGround, write } from './writing.ts';

const stated = z.object({
  hypothesis: words(2_000),
  status: z.enum(findingStatuses),
  confidence: z.number().min(0).max(1),
  evidence: z.array(idOf(idPattern.ev)).max(50).readonly(),
  nextChecks: z.array(words(1_000)).max(20).readonly(),
});
const draftShape = stated.extend({ id: idOf(idPattern.fi).optional() });
const findingShape = stated.extend({ id: idOf(idPattern.fi), by: words(500), at: instant });
const mostFindings = 500;

export function findingDigest(finding: Finding): string {
  return digestOf(z.encode(findingShape, finding));
}

export async function readFindings(queryable: Queryable, incident: string): Promise<readonly Finding[]> {
  return queryable.query<Finding>(
    `select id, hypothesis, status, confidence, next_checks as "nextChecks", by, at,
       array(select evidence from castellan.finding_evidence cited where cited.finding = finding.id order by position) as evidence
     from castellan.finding where incident = $1 order by place`,
    [incident],
  );
}

export function createPutFinding(ground: RecordGround): IncidentRecord['putFinding'] {
  return async (incident, draft, given) => {
    const input = prove('finding', draftShape, draft);
    const evidence = [...new Set(input.evidence)];
    if (evidence.length === 0 && input.status !== 'open') {
      throw invalid(
        `a finding that is ${input.status} cites no evidence`,
        'cite at least one piece, or state it as open',
      );
    }
    return write(ground, {
      incident,
      write: given,
      input: ['putFinding', input],
      remembering: rememberedAs(findingShape),
      work: async (transaction, state) => {
        await assertEvidence(transaction, incident, evidence);
        const { id: stated, ...rest } = input;
        const id = stated ?? ground.newId('fi');
        const finding: Finding = { ...rest, evidence, id, by: nameOf(given.by), at: given.now };
        await (stated === undefined ? insert : restate)(transaction, incident, finding);
        await cite(transaction, incident, finding);
        return {
          incident: { ...state.incident, status: reached(state.incident.status, 'investigating') },
          event: {
            kind: 'finding',
            text: `${id} ${stated === undefined ? 'stated' : 'stated again'}: ${finding.status}`,
            evidence,
            binds: { [id]: findingDigest(finding) },
          },
          answer: () => finding,
        };
      },
    });
  };
}

async function insert(transaction: Queryable, incident: string, finding: Finding): Promise<void> {
  const [counted] = await transaction.query<{ count: number }>(
    'select count(*) as count from castellan.finding where incident = $1',
    [incident],
  );
  const place = (counted?.count ?? 0) + 1;
  if (place > mostFindings)
    throw invalid(`the incident has ${mostFindings} findings`, 'state one of them again by its id');
  await transaction.query(
    `insert into castellan.finding (incident, id, hypothesis, status, confidence, next_checks, by, at, place)
     values ($1, $2, $3, $4, $5, $6::text[], $7, $8, $9)`,
    [...columnsOf(incident, finding), place],
  );
}

async function restate(transaction: Queryable, incident: string, finding: Finding): Promise<void> {
  const found = await transaction.query(
    `update castellan.finding set hypothesis = $3, status = $4, confidence = $5, next_checks = $6::text[], by = $7, at = $8
     where incident = $1 and id = $2 returning id`,
    columnsOf(incident, finding),
  );
  if (found.length === 0) {
    throw incidentError('finding-unknown', {
      message: `this incident has no finding ${finding.id}`,
      next: 'leave the id out to state a new one, or take one from incident_show',
    });
  }
  await transaction.query('delete from castellan.finding_evidence where finding = $1', [finding.id]);
}

function columnsOf(
  incident: string,
  { id, hypothesis, status, confidence, nextChecks, by, at }: Finding,
): readonly unknown[] {
  return [incident, id, hypothesis, status, confidence, nextChecks, by, at];
}

async function cite(transaction: Queryable, incident: string, { id, evidence }: Finding): Promise<void> {
  if (evidence.length === 0) return;
  await transaction.query(
    `insert into castellan.finding_evidence (incident, finding, position, evidence)
     select $1, $2, position, cited from unnest($3::text[]) with ordinality as given (cited, position)`,
    [incident, id, evidence],
  );
}
