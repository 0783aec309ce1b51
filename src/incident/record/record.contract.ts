import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { describeActions } from './actions.contract.ts';
import { describeHostileText } from './hostile-text.contract.ts';
import { describeKeys } from './keys.contract.ts';
import { describeLeases } from './leases.contract.ts';
import { describeManyAtOnce } from './many-at-once.contract.ts';
import { openIncidentRecord } from './open.ts';
import type { IncidentRecord } from './port.ts';
import {
  begun,
  candidate,
  evidenceDraft,
  findingDraft,
  incidentDraft,
  kim,
  minutes,
  noon,
  triageOf,
  writing,
} from './record.fixture.ts';
import { describeReports } from './reports.contract.ts';
import { describeTampering } from './tampering.contract.ts';

/** Two records over the same database, as two daemons have them; embedded they share one connection. */
export interface OpenedRecord {
  readonly database: Database;
  readonly record: IncidentRecord;
  readonly elsewhere: IncidentRecord;
}

/** What is kept of incidents, run against the embedded database and against a server. */
export function describeRecord(name: string, open: () => Promise<readonly [Database, Database]>): void {
  describe(`the record of incidents on ${name}`, () => {
    let opened: readonly [Database, Database];
    beforeAll(async () => {
      opened = await open();
      await migrate(opened[0], { build: 'test' });
    }, 180_000);
    afterAll(() => Promise.all(new Set(opened).values().map((database) => database[Symbol.asyncDispose]())));
    const on = (): OpenedRecord => ({
      database: opened[0],
      record: openIncidentRecord({ database: opened[0] }),
      elsewhere: openIncidentRecord({ database: opened[1] }),
    });

    describe('incidents', () => describeIncidents(on));
    describe('evidence, findings and what was made of them', () => describeEvidence(on));
    describe('reports', () => describeReports(on));
    describe('action items', () => describeActions(on));
    describe('keys', () => describeKeys(on));
    describe('leases', () => describeLeases(on));
    describe('many at once', () => describeManyAtOnce(on));
    describe('hostile text', () => describeHostileText(on));
    describe('tampering', () => describeTampering(on));
  });
}

function describeIncidents(on: () => OpenedRecord): void {
  it('an incident is given back as it was opened, with the next number, and an event', async () => {
    const { record } = on();
    const draft = incidentDraft({ window: { from: noon, to: minutes(30) } });
    const { incident, existing } = await record.open(draft, writing());
    const { fingerprint: _, ...of } = draft;
    expect(existing).toBe(false);
    expect(incident).toMatchObject({ ...of, status: 'open', severity: undefined, version: 1, openedAt: noon });
    expect(incident.id).toMatch(/^inc_[a-z2-7]{10}$/);
    const next = await record.open(incidentDraft(), writing());
    expect(next.incident.number).toBe(incident.number + 1);
    expect(await record.get(incident.id)).toEqual(incident);
    const { events } = await record.dossier(incident.id);
    expect(events).toEqual([
      {
        seq: 1,
        at: noon,
        kind: 'opened',
        text: `opened as number ${incident.number}`,
        by: 'agent:claude for human:robin',
        evidence: [],
      },
    ]);
  });

  it('the same thing is one incident until it is over; a change is one for ever', async () => {
    const { record } = on();
    const draft = incidentDraft();
    const first = await record.open(draft, writing());
    expect(await record.open({ ...draft, title: 'again' }, writing({ by: kim }))).toEqual({
      incident: first.incident,
      existing: true,
    });
    await record.change(first.incident.id, { status: 'dismissed', reason: 'a drill' }, writing());
    const second = await record.open(draft, writing());
    expect(second.existing).toBe(false);

    const change = `chg_${draft.fingerprint}`;
    const ofChange = await record.open(incidentDraft({ change }), writing());
    await record.change(ofChange.incident.id, { status: 'dismissed' }, writing());
    const again = await record.open(incidentDraft({ change }), writing());
    expect(again).toMatchObject({ existing: true, incident: { id: ofChange.incident.id, status: 'dismissed' } });
  });

  it('lists the newest first, by status, time and what it is about, and says how many there are', async () => {
    const { record } = on();
    const service = `svc-${incidentDraft().fingerprint}`;
    const ids: string[] = [];
    for (const [at, title] of [
      [-3, 'one'],
      [-2, `about ${service.toUpperCase()} it is`],
      [-1, 'three'],
    ] as const) {
      const services = title.startsWith('about') ? [] : [service];
      const opened = await record.open(incidentDraft({ title, services }), writing({ now: minutes(at) }));
      ids.unshift(opened.incident.id);
    }
    const list = async (filter: Partial<Parameters<IncidentRecord['list']>[0]>) => {
      const { incidents, total } = await record.list({ about: service, limit: 10, skip: 0, ...filter });
      return [incidents.map(({ id }) => id), total];
    };
    expect(await list({})).toEqual([ids, 3]);
    expect(await list({ limit: 1, skip: 1 })).toEqual([[ids[1]], 3]);
    expect(await list({ skip: 9 })).toEqual([[], 3]);
    expect(await list({ since: minutes(-2) })).toEqual([ids.slice(0, 2), 2]);
    await record.change(ids[0] ?? '', { status: 'mitigated' }, writing());
    expect(await list({ status: ['mitigated', 'final'] })).toEqual([[ids[0]], 1]);
  });

  it('moves forward only, and what is known by itself cannot be asked for', async () => {
    const { record } = on();
    const { id } = await begun(record);
    const changed = await record.change(id, { mitigatedAt: minutes(40), startedAt: noon }, writing());
    expect(changed).toMatchObject({ status: 'mitigated', startedAt: noon, mitigatedAt: minutes(40) });
    expect(await record.change(id, { status: 'investigating' }, writing())).toMatchObject({ status: 'mitigated' });
    for (const status of ['reviewed', 'drafted', 'validated', 'final', 'amended'] as const) {
      await expect(record.change(id, { status }, writing())).rejects.toMatchObject({
        code: 'incident-argument-invalid',
      });
    }
    await expect(record.change(id, { resolvedAt: minutes(1) }, writing())).rejects.toMatchObject({
      code: 'incident-argument-invalid',
    });
    const override = { severity: 'SEV3', by: 'human:robin', reason: 'nobody was there' } as const;
    expect(await record.change(id, { override }, writing())).toMatchObject({ override });
    expect(await record.get(id)).toMatchObject({ override, status: 'mitigated' });
    expect((await record.dossier(id)).events.at(-1)?.text).toContain('severity SEV3');
  });

  it('what was dismissed or merged takes nothing more, and nothing is merged into it', async () => {
    const { record } = on();
    const [one, other, third] = [await begun(record), await begun(record), await begun(record)];
    await expect(record.change(one.id, { status: 'merged' }, writing())).rejects.toMatchObject({
      code: 'incident-argument-invalid',
    });
    await expect(record.change(one.id, { status: 'merged', mergedInto: one.id }, writing())).rejects.toMatchObject({
      code: 'incident-argument-invalid',
    });
    const merged = await record.change(one.id, { status: 'merged', mergedInto: other.id }, writing());
    expect(merged).toMatchObject({ status: 'merged', mergedInto: other.id });
    await expect(record.change(third.id, { status: 'merged', mergedInto: one.id }, writing())).rejects.toMatchObject({
      code: 'incident-argument-invalid',
    });
    const finding = findingDraft([one.evidence.id]);
    for (const attempt of [
      () => record.addEvidence(one.id, [evidenceDraft()], writing()),
      () => record.putFinding(one.id, finding, writing()),
      () => record.change(one.id, { services: [] }, writing()),
      () => record.putActions({ incident: one.id }, [], writing()),
    ]) {
      await expect(attempt()).rejects.toMatchObject({
        code: 'incident-closed',
        next: expect.stringContaining(other.id),
      });
    }
    expect((await record.dossier(one.id)).incident).toEqual(merged);
  });

  it('a version that was overtaken is refused; so is an incident that is not there', async () => {
    const { record } = on();
    const { id } = await begun(record);
    const { version } = await record.get(id);
    await record.change(id, { services: ['web'] }, writing({ expectedVersion: version }));
    await expect(
      record.change(id, { services: ['other'] }, writing({ expectedVersion: version })),
    ).rejects.toMatchObject({ code: 'incident-moved-on' });
    expect(await record.get(id)).toMatchObject({ services: ['web'], version: version + 1 });
    for (const missing of ['inc_aaaaaaaaaa', '', "inc_' or 1=1 --", 'inc_\0']) {
      await expect(record.get(missing)).rejects.toMatchObject({ code: 'incident-unknown' });
      await expect(record.dossier(missing)).rejects.toMatchObject({ code: 'incident-unknown' });
      await expect(record.change(missing, {}, writing())).rejects.toMatchObject({ code: 'incident-unknown' });
    }
  });
}

function describeEvidence(on: () => OpenedRecord): void {
  it('evidence comes back whole, in its order, and its payload letter by letter', async () => {
    const { record } = on();
    const { incident } = await record.open(incidentDraft(), writing());
    const drafts = [
      evidenceDraft({ payload: 'größer 😀\u0000\u001b[31m\n' }),
      evidenceDraft({ source: 'alerts', status: 'error', problem: 'no answer', payload: '', rows: [] }),
      evidenceDraft({ source: 'metrics', status: 'empty', payload: '[]', clockOffsetMs: -1_500, rows: [] }),
    ];
    const added = await record.addEvidence(incident.id, drafts, writing());
    expect(added.map(({ id: _, incident: __, sha256: ___, bytes: ____, by: _____, ...draft }) => draft)).toEqual(
      drafts.map(({ payload: _, ...draft }) => draft),
    );
    const { evidence, events } = await record.dossier(incident.id);
    expect(evidence).toEqual(added);
    expect(events.at(-1)).toMatchObject({ kind: 'evidence', evidence: added.map(({ id }) => id) });
    const { texts, tampered } = await record.payloads([...added.map(({ id }) => id), 'ev_aaaaaaaa', 'nonsense\0']);
    expect([...texts.values()].sort()).toEqual(drafts.map(({ payload }) => payload).sort());
    expect(tampered).toEqual([]);
  });

  it('what is too much is refused, and nothing of the call is kept', async () => {
    const { record, database } = on();
    const { id } = await begun(record);
    const row = { at: noon, precision: 'second', text: 'x' } as const;
    for (const draft of [
      evidenceDraft({ payload: 'x'.repeat(65_537) }),
      evidenceDraft({ payload: 'é'.repeat(40_000) }),
      evidenceDraft({ rows: Array.from({ length: 501 }, () => row) }),
      evidenceDraft({ collectedAt: new Date(Number.NaN) }),
    ]) {
      await expect(record.addEvidence(id, [evidenceDraft(), draft], writing())).rejects.toMatchObject({
        code: 'incident-argument-invalid',
      });
    }
    expect(await record.addEvidence(id, [evidenceDraft({ payload: 'x'.repeat(65_536) })], writing())).toHaveLength(1);
    expect((await record.dossier(id)).evidence).toHaveLength(2);
    await database.query('update castellan.incident set pieces = 1999 where id = $1', [id]);
    const two = [evidenceDraft(), evidenceDraft()];
    await expect(record.addEvidence(id, two, writing())).rejects.toMatchObject({ code: 'incident-full' });
    await record.addEvidence(id, [evidenceDraft()], writing());
    await expect(record.addEvidence(id, [evidenceDraft()], writing())).rejects.toMatchObject({ code: 'incident-full' });
  });

  it('a finding cites evidence of its own incident, and is stated again under its id', async () => {
    const { record } = on();
    const [own, other] = [await begun(record), await begun(record)];
    for (const cited of [[other.evidence.id], ['ev_aaaaaaaa'], [own.evidence.id, other.evidence.id]]) {
      await expect(record.putFinding(own.id, findingDraft(cited), writing())).rejects.toMatchObject({
        code: 'evidence-unknown',
      });
    }
    await expect(record.putFinding(own.id, findingDraft([]), writing())).rejects.toMatchObject({
      code: 'incident-argument-invalid',
    });
    const open = await record.putFinding(own.id, findingDraft([], { status: 'open' }), writing());
    const cited = findingDraft([own.evidence.id], { id: open.id, status: 'refuted', confidence: 1 });
    const again = await record.putFinding(own.id, cited, writing({ by: kim, now: minutes(20) }));
    expect(again).toMatchObject({ id: open.id, status: 'refuted', evidence: [own.evidence.id], at: minutes(20) });
    expect((await record.dossier(own.id)).findings).toEqual([again]);
    await expect(
      record.putFinding(other.id, { ...cited, evidence: [other.evidence.id] }, writing()),
    ).rejects.toMatchObject({ code: 'finding-unknown' });
  });

  it('triage comes back with its dates, and is replaced', async () => {
    const { record } = on();
    const { id, evidence } = await begun(record);
    const triage = triageOf(evidence.id);
    expect(await record.putTriage(id, triage, writing())).toMatchObject({ status: 'triaged', severity: 'SEV2' });
    expect((await record.dossier(id)).triage).toEqual(triage);
    const next = triageOf(evidence.id, { severity: 'unknown', unread: [{ what: 'alerts', why: 'no answer' }] });
    await record.putTriage(id, next, writing());
    const { triage: kept, incident } = await record.dossier(id);
    expect(kept).toEqual(next);
    expect(incident.severity).toBe('unknown');
    await expect(record.putTriage(id, triageOf('ev_aaaaaaaa'), writing())).rejects.toMatchObject({
      code: 'evidence-unknown',
    });
  });

  it('history is reviewed when every candidate has a verdict, and verdicts outlive the list', async () => {
    const { record } = on();
    const { id } = await begun(record);
    expect((await record.dossier(id)).historyAt).toBeUndefined();
    const kept = await record.putCandidates(id, [candidate('a'), candidate('b')], writing());
    expect(kept.map(({ verdict }) => verdict)).toEqual([undefined, undefined]);
    const verdict = { document: 'a', verdict: 'rejected', reason: 'another disk' } as const;
    expect(await record.judge(id, verdict, writing())).toEqual({ ...candidate('a'), ...verdict });
    expect(await record.get(id)).not.toMatchObject({ status: 'reviewed' });
    await expect(record.judge(id, { ...verdict, document: 'c' }, writing())).rejects.toMatchObject({
      code: 'candidate-unknown',
    });
    await record.judge(id, { ...verdict, document: 'b', verdict: 'accepted' }, writing());
    expect(await record.get(id)).toMatchObject({ status: 'reviewed' });
    await record.putCandidates(id, [candidate('c')], writing());
    const [a] = await record.putCandidates(id, [candidate('a')], writing({ now: minutes(50) }));
    expect(a).toMatchObject({ verdict: 'rejected', reason: 'another disk' });
    const dossier = await record.dossier(id);
    expect(dossier).toMatchObject({ candidates: [a], historyAt: minutes(50), incident: { status: 'reviewed' } });
    // What comes late is recorded, and takes nothing back.
    await record.addEvidence(id, [evidenceDraft()], writing());
    expect(await record.get(id)).toMatchObject({ status: 'reviewed' });
  });

  it('a mark on a row replaces the one before', async () => {
    const { record } = on();
    const { id } = await begun(record);
    await record.annotate(id, { row: '00ab12cd', note: 'a restart by hand' }, writing());
    await record.annotate(id, { row: '00ab12cd', excluded: { reason: 'noise' } }, writing());
    await record.annotate(id, { row: 'ffffffff', note: 'why' }, writing());
    expect((await record.dossier(id)).marks).toEqual([
      { row: '00ab12cd', excluded: { reason: 'noise' } },
      { row: 'ffffffff', note: 'why' },
    ]);
    await expect(record.annotate(id, { row: 'no key' }, writing())).rejects.toMatchObject({
      code: 'incident-argument-invalid',
    });
  });
}
