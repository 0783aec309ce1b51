import { expect, it } from 'vitest';
import type { OpenedRecord } from './record.contract.ts';
import { aProblem, begun, evidenceDraft, incidentDraft, minutes, reportDraft, writing } from './record.fixture.ts';

export function describeReports(on: () => OpenedRecord): void {
  it('a draft replaces the draft before it, and the final version takes its number and stays', async () => {
    const { record, database } = on();
    const draft = incidentDraft();
    const { id, evidence } = await begun(record, draft);
    const first = await record.putReport(id, reportDraft([evidence.id], { problems: [aProblem] }), writing());
    expect(first).toMatchObject({ version: 1, final: false, problems: [aProblem] });
    expect(await record.get(id)).toMatchObject({ status: 'drafted' });
    await record.putReport(id, reportDraft([evidence.id], { markdown: '# two\n' }), writing());
    expect(await record.get(id)).toMatchObject({ status: 'validated' });
    await expect(
      record.putReport(id, reportDraft([evidence.id], { final: true, problems: [aProblem] }), writing()),
    ).rejects.toMatchObject({ code: 'report-invalid' });
    const final = await record.putReport(
      id,
      reportDraft([evidence.id], { final: true, published: 'docs/post-mortems/photos.md' }),
      writing({ now: minutes(90) }),
    );
    expect(final).toMatchObject({ version: 1, final: true, at: minutes(90), by: 'agent:claude for human:robin' });
    expect((await record.dossier(id)).reports).toEqual([final]);
    expect(await record.get(id)).toMatchObject({ status: 'final' });

    // The same thing happens again: it is another incident, and this one still takes what is late.
    expect(await record.open(draft, writing())).toMatchObject({ existing: false });
    await record.addEvidence(id, [evidenceDraft()], writing());
    expect(await record.get(id)).toMatchObject({ status: 'final' });
    for (const sql of [
      'update castellan.incident_report set markdown = $2 where incident = $1',
      `delete from castellan.incident_report where incident = $1 and markdown <> $2`,
    ]) {
      await expect(database.query(sql, [id, 'other'])).rejects.toMatchObject({ code: 'database-statement-refused' });
    }
    await expect(database.execute('truncate castellan.incident_report')).rejects.toMatchObject({
      code: 'database-statement-refused',
    });
  });

  it('a final version is corrected by one that says so, and both stay', async () => {
    const { record } = on();
    const { id, evidence } = await begun(record);
    const first = await record.putReport(id, reportDraft([evidence.id], { final: true }), writing());
    await expect(record.putReport(id, reportDraft([evidence.id], { final: true }), writing())).rejects.toMatchObject({
      code: 'incident-argument-invalid',
    });
    await record.putReport(id, reportDraft([evidence.id], { problems: [aProblem] }), writing());
    expect(await record.get(id)).toMatchObject({ status: 'final' });
    const supersedes = { version: 1, reason: 'it was the other disk' };
    const second = await record.putReport(id, reportDraft([evidence.id], { final: true, supersedes }), writing());
    expect(second).toMatchObject({ version: 2, supersedes });
    expect(await record.get(id)).toMatchObject({ status: 'amended' });
    expect((await record.dossier(id)).reports).toEqual([first, second]);
    expect((await record.dossier(id)).events.at(-1)).toMatchObject({ kind: 'report', reason: 'it was the other disk' });
    await expect(record.change(id, { status: 'dismissed' }, writing())).rejects.toMatchObject({
      code: 'incident-argument-invalid',
    });
  });
}
