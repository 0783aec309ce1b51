import { expect, it } from 'vitest';
import type { Database } from '../../store/database.ts';
import type { OpenedRecord } from './record.contract.ts';
import {
  actionDraft,
  begun,
  candidate,
  evidenceDraft,
  findingDraft,
  incidentDraft,
  reportDraft,
  triageOf,
  writing,
} from './record.fixture.ts';

/** With the database's own guards taken off, as only its owner can. */
async function tamper(database: Database, table: string, sql: string, parameters: readonly unknown[]): Promise<void> {
  await database.execute(`alter table castellan.${table} disable trigger user`);
  try {
    await database.query(sql, parameters);
  } finally {
    await database.execute(`alter table castellan.${table} enable trigger user`);
  }
}

export function describeTampering(on: () => OpenedRecord): void {
  const whole = async () => {
    const { record } = on();
    const { id, evidence } = await begun(record);
    const finding = await record.putFinding(id, findingDraft([evidence.id]), writing());
    await record.putTriage(id, triageOf(evidence.id), writing());
    await record.putCandidates(id, [candidate('a')], writing());
    await record.judge(id, { document: 'a', verdict: 'accepted', reason: 'the same' }, writing());
    await record.annotate(id, { row: '00000000', note: 'why' }, writing());
    await record.putReport(id, reportDraft([evidence.id], { final: true }), writing());
    const [action] = await record.putActions({ incident: id }, [actionDraft('one')], writing());
    expect((await record.verify(id)).broken).toEqual([]);
    return { id, evidence: evidence.id, finding: finding.id, action: action?.id ?? '' };
  };
  const broken = async (id: string) => (await on().record.verify(id)).broken.map((line) => line.replace(`${id} `, ''));

  it('whatever is changed or removed by hand is found and named', async () => {
    const { database } = on();
    const cases: readonly [table: string, sql: string, named: (of: Awaited<ReturnType<typeof whole>>) => string][] = [
      [
        'incident_event',
        `update castellan.incident_event set text = 'x' where incident = $1 and seq = 3`,
        () => 'event 3: its hash is another',
      ],
      [
        'incident_event',
        `update castellan.incident_event set at = at + interval '1 ms' where incident = $1 and seq = 3`,
        () => 'event 3: its hash is another',
      ],
      [
        'incident_event',
        `update castellan.incident_event set by = 'x' where incident = $1 and seq = 9`,
        () => 'event 9: its hash is another',
      ],
      [
        'incident_event',
        'delete from castellan.incident_event where incident = $1 and seq = 4',
        () => 'event 4 is gone',
      ],
      [
        'incident_event',
        'delete from castellan.incident_event where incident = $1 and seq = 9',
        () => 'event 9 is gone',
      ],
      ['incident_event', 'delete from castellan.incident_event where incident = $1', () => 'event 1 is gone'],
      [
        'incident_event',
        `insert into castellan.incident_event select incident, 10, at, kind, text, reason, by, evidence, binds, hash
         from castellan.incident_event where incident = $1 and seq = 9`,
        () => 'event 10 and what follows was never recorded',
      ],
      [
        'evidence',
        `update castellan.evidence set payload = 'x' where incident = $1`,
        ({ evidence }) => `${evidence} has a payload that is not what was recorded`,
      ],
      [
        'evidence',
        `update castellan.evidence set payload = 'x', body = (body::jsonb || jsonb_build_object('sha256', encode(sha256('x'), 'hex')))::json
         where incident = $1`,
        ({ evidence }) => `${evidence} is not what was recorded`,
      ],
      [
        'finding',
        `update castellan.finding set status = 'refuted' where incident = $1`,
        ({ finding }) => `${finding} is not what was recorded`,
      ],
      [
        'finding_evidence',
        'delete from castellan.finding_evidence where incident = $1',
        ({ finding }) => `${finding} is not what was recorded`,
      ],
      [
        'incident',
        `update castellan.incident set title = 'x' where id = $1`,
        () => 'incident is not what was recorded',
      ],
      [
        'incident',
        `update castellan.incident set severity = 'SEV4' where id = $1`,
        () => 'incident is not what was recorded',
      ],
      [
        'incident',
        `update castellan.incident set fingerprint = $1 where id = $1`,
        () => 'incident is not what was recorded',
      ],
      ['incident_triage', 'delete from castellan.incident_triage where incident = $1', () => 'triage is gone'],
      [
        'incident_history',
        `update castellan.incident_history set candidates = '[]' where incident = $1`,
        () => 'history is not what was recorded',
      ],
      [
        'incident_verdict',
        `update castellan.incident_verdict set verdict = 'rejected' where incident = $1`,
        () => 'verdict a is not what was recorded',
      ],
      [
        'incident_row_mark',
        `update castellan.incident_row_mark set note = 'x' where incident = $1`,
        () => 'row 00000000 is not what was recorded',
      ],
      [
        'incident_report',
        `update castellan.incident_report set markdown = 'x' where incident = $1`,
        () => 'report 1 is not what was recorded',
      ],
      ['incident_report', 'delete from castellan.incident_report where incident = $1', () => 'report 1 is gone'],
      [
        'action_item',
        `update castellan.action_item set status = 'landed' where incident = $1`,
        ({ action }) => `${action} is not what was recorded`,
      ],
      ['action_item', 'delete from castellan.action_item where incident = $1', ({ action }) => `${action} is gone`],
      [
        'finding',
        `insert into castellan.finding select 'fi_22222222', incident, 2, hypothesis, status, confidence, next_checks, by, at
         from castellan.finding where incident = $1`,
        () => 'fi_22222222 was never recorded',
      ],
    ];
    for (const [table, sql, named] of cases) {
      const of = await whole();
      await tamper(database, table, sql, [of.id]);
      expect(await broken(of.id), sql).toContain(named(of));
    }
  });

  it('events that changed places are found', async () => {
    const { database } = on();
    const { id } = await whole();
    for (const [from, to] of [
      [3, 100],
      [4, 3],
      [100, 4],
    ]) {
      const sql = 'update castellan.incident_event set seq = $3 where incident = $1 and seq = $2';
      await tamper(database, 'incident_event', sql, [id, from, to]);
    }
    expect(await broken(id)).toEqual(
      expect.arrayContaining(['event 3: its hash is another', 'event 4: its hash is another']),
    );
  });

  it('evidence that was taken away with its citations is missed, and a payload that was changed is not given', async () => {
    const { database, record } = on();
    const { id, evidence } = await whole();
    const [other] = await record.addEvidence(id, [evidenceDraft({ payload: 'other' })], writing());
    await tamper(database, 'evidence', 'delete from castellan.evidence where id = $1', [other?.id]);
    expect(await broken(id)).toEqual([`${other?.id} is gone`]);
    await tamper(database, 'evidence', `update castellan.evidence set payload = 'planted' where id = $1`, [evidence]);
    expect(await record.payloads([evidence])).toEqual({ texts: new Map(), tampered: [evidence] });
  });

  it('the database refuses to change or empty events and evidence', async () => {
    const { database } = on();
    const { id } = await whole();
    for (const table of ['incident_event', 'evidence']) {
      for (const sql of [
        `update castellan.${table} set incident = incident where incident = '${id}'`,
        `delete from castellan.${table} where incident = '${id}'`,
        `truncate castellan.${table} cascade`,
      ]) {
        await expect(database.execute(sql), sql).rejects.toMatchObject({ code: 'database-statement-refused' });
      }
    }
    expect(await broken(id)).toEqual([]);
  });

  it('evidence is not cited across incidents, even by hand', async () => {
    const { database } = on();
    const [one, other] = [await whole(), await whole()];
    await expect(
      database.query('insert into castellan.finding_evidence values ($1, $2, 9, $3)', [
        one.id,
        one.finding,
        other.evidence,
      ]),
    ).rejects.toMatchObject({ code: 'database-statement-refused' });
  });

  it('an incident that was removed leaves a gap in the numbers', async () => {
    const { database, record } = on();
    const { incident } = await record.open(incidentDraft(), writing());
    await record.open(incidentDraft(), writing());
    const before = await record.verify();
    await tamper(database, 'incident_event', 'delete from castellan.incident_event where incident = $1', [incident.id]);
    await database.query('delete from castellan.incident where id = $1', [incident.id]);
    const after = await record.verify();
    expect(after.broken.filter((line) => !before.broken.includes(line))).toEqual([
      `incident number ${incident.number} is gone`,
    ]);
    expect(after.incidents).toBe(before.incidents - 1);
  });
}
