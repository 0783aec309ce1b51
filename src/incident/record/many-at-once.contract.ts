import { expect, it } from 'vitest';
import { openIncidentRecord } from './open.ts';
import type { OpenedRecord } from './record.contract.ts';
import { begun, evidenceDraft, findingDraft, incidentDraft, writing } from './record.fixture.ts';
import { newId } from './record-id.ts';

export function describeManyAtOnce(on: () => OpenedRecord): void {
  it('twenty writers on one incident: every write has a version of its own, and the chain holds', async () => {
    const { record, elsewhere } = on();
    const { id, evidence } = await begun(record);
    const { version } = await record.get(id);
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const to = n % 2 === 0 ? record : elsewhere;
        await to.addEvidence(id, [evidenceDraft({ payload: `of ${n}` })], writing());
        await to.putFinding(id, findingDraft([evidence.id]), writing());
      }),
    );
    const { incident, events, evidence: pieces, findings } = await record.dossier(id);
    expect(incident.version).toBe(version + 40);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: version + 40 }, (_, n) => n + 1));
    expect([pieces.length, findings.length]).toEqual([21, 20]);
    expect(await record.verify(id)).toEqual({ incidents: 1, events: version + 40, broken: [] });
  });

  it('of many who saw the same version one may write', async () => {
    const { record, elsewhere } = on();
    const { id } = await begun(record);
    const { version: expectedVersion } = await record.get(id);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) =>
        (n % 2 === 0 ? record : elsewhere).change(id, { services: [`s${n}`] }, writing({ expectedVersion })),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))).toEqual(
      Array.from({ length: 9 }, () => 'incident-moved-on'),
    );
  });

  it('opened by many at once it is one incident, and numbers have no gaps', async () => {
    const { record, elsewhere, database } = on();
    const [draft, change] = [incidentDraft(), newId('inc')];
    const opened = await Promise.all(
      Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? record : elsewhere).open(draft, writing())),
    );
    expect(new Set(opened.map(({ incident }) => incident.id)).size).toBe(1);
    expect(opened.filter(({ existing }) => !existing)).toHaveLength(1);
    const ofChange = await Promise.all([record, elsewhere].map((to) => to.open(incidentDraft({ change }), writing())));
    expect(new Set(ofChange.map(({ incident }) => incident.id)).size).toBe(1);
    await Promise.all(Array.from({ length: 5 }, () => elsewhere.open(incidentDraft(), writing())));
    const [row] = await database.query('select max(number)::int4 = count(*) as whole from castellan.incident');
    expect(row).toEqual({ whole: true });
  });

  it('the database itself refuses a second one for the same thing', async () => {
    const { record, database } = on();
    const { incident } = await record.open(incidentDraft({ change: newId('inc') }), writing());
    const copy = `insert into castellan.incident select (jsonb_populate_record(original, $2::jsonb)).*
      from castellan.incident original where id = $1`;
    const other = { id: newId('inc'), number: 1_000_000 };
    for (const changed of [
      { ...other, change: null },
      { ...other, fingerprint: 'other' },
    ]) {
      await expect(database.query(copy, [incident.id, changed])).rejects.toMatchObject({
        code: 'database-statement-refused',
      });
    }
  });

  it('two incidents cannot be merged into each other', async () => {
    const { record, elsewhere } = on();
    for (let round = 0; round < 5; round += 1) {
      const [one, other] = [await begun(record), await begun(record)];
      const outcomes = await Promise.allSettled([
        record.change(one.id, { status: 'merged', mergedInto: other.id }, writing()),
        elsewhere.change(other.id, { status: 'merged', mergedInto: one.id }, writing()),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
      expect(refused).toEqual(['incident-argument-invalid']);
    }
  });

  it('an id that is taken is drawn again', async () => {
    const { record, database } = on();
    const { id, evidence } = await begun(record);
    const drawn = [evidence.id, evidence.id];
    const unlucky = openIncidentRecord({ database, newId: (kind) => drawn.pop() ?? newId(kind) });
    const [added] = await unlucky.addEvidence(id, [evidenceDraft()], writing());
    expect(added?.id).not.toBe(evidence.id);
    expect((await record.dossier(id)).evidence).toHaveLength(2);
  });
}
