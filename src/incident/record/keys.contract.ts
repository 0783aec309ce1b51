import { expect, it } from 'vitest';
import type { IncidentRecord } from './port.ts';
import type { OpenedRecord } from './record.contract.ts';
import {
  actionDraft,
  begun,
  candidate,
  evidenceDraft,
  findingDraft,
  incidentDraft,
  kim,
  minutes,
  reportDraft,
  robin,
  triageOf,
  writing,
} from './record.fixture.ts';

const newKey = (): string => `key-${crypto.randomUUID()}`;

export function describeKeys(on: () => OpenedRecord): void {
  it('the same call with its key is done once and answered alike, whatever it is', async () => {
    const { record, elsewhere } = on();
    const { id, evidence } = await begun(record);
    const report = `r-${newKey()}`;
    const [item] = await record.putActions({ report }, [actionDraft('one')], writing());
    const draft = incidentDraft();
    const cited = [evidence.id];
    const calls: readonly ((on: IncidentRecord, key: string) => Promise<unknown>)[] = [
      (to, key) => to.open(draft, writing({ key })),
      (to, key) => to.change(id, { services: ['other'], mitigatedAt: minutes(9) }, writing({ key })),
      (to, key) => to.addEvidence(id, [evidenceDraft(), evidenceDraft({ source: 'git' })], writing({ key })),
      (to, key) => to.putFinding(id, findingDraft(cited), writing({ key })),
      (to, key) => to.annotate(id, { row: '00000000', note: 'x' }, writing({ key })),
      (to, key) => to.putTriage(id, triageOf(evidence.id), writing({ key })),
      (to, key) => to.putCandidates(id, [candidate('a')], writing({ key })),
      (to, key) => to.judge(id, { document: 'a', verdict: 'accepted', reason: 'the same' }, writing({ key })),
      (to, key) => to.putReport(id, reportDraft(cited, { final: true }), writing({ key })),
      (to, key) => to.putActions({ incident: id }, [actionDraft('two', { verify: undefined })], writing({ key })),
      (to, key) => to.putActions({ report }, [actionDraft('three')], writing({ key })),
      (to, key) => to.changeAction(item?.id ?? '', { owner: 'kim' }, writing({ key })),
    ];
    for (const call of calls) {
      const key = newKey();
      const first = await call(record, key);
      const before = await record.dossier(id);
      const again = await call(elsewhere, key);
      expect(again).toEqual(first);
      expect(await record.dossier(id)).toEqual(before);
    }
  });

  it('sent again later, with a version that was overtaken meanwhile, it still gets the first answer', async () => {
    const { record } = on();
    const { id } = await begun(record);
    const { version } = await record.get(id);
    const write = writing({ key: newKey(), expectedVersion: version });
    const first = await record.addEvidence(id, [evidenceDraft()], write);
    await record.change(id, { status: 'dismissed' }, writing());
    expect(await record.addEvidence(id, [evidenceDraft()], { ...write, now: minutes(99) })).toEqual(first);
  });

  it('used for something else it is refused, and nothing is done', async () => {
    const { record } = on();
    const [one, other] = [await begun(record), await begun(record)];
    const key = newKey();
    await record.addEvidence(one.id, [evidenceDraft()], writing({ key }));
    for (const attempt of [
      () => record.addEvidence(one.id, [evidenceDraft({ payload: 'other' })], writing({ key })),
      () => record.addEvidence(other.id, [evidenceDraft()], writing({ key })),
      () => record.change(one.id, { services: [] }, writing({ key })),
      () => record.open(incidentDraft(), writing({ key })),
      () => record.putActions({ report: 'r' }, [], writing({ key })),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'incident-key-reused' });
    }
    expect((await record.dossier(one.id)).evidence).toHaveLength(2);
  });

  it('is the principal’s own: another’s is another key, and tells nothing', async () => {
    const { record } = on();
    const { id } = await begun(record);
    const key = newKey();
    const own = await record.putFinding(id, findingDraft([], { status: 'open' }), writing({ key }));
    for (const by of [kim, { ...robin, agent: 'agent:other' }]) {
      const theirs = await record.putFinding(id, findingDraft([], { status: 'open' }), writing({ key, by }));
      expect(theirs.id).not.toBe(own.id);
      expect(theirs.by).toBe(`${by.agent} for ${by.human}`);
    }
  });

  it('of a call that failed is free again', async () => {
    const { record } = on();
    const { id, evidence } = await begun(record);
    const key = newKey();
    await expect(record.putFinding(id, findingDraft(['ev_aaaaaaaa']), writing({ key }))).rejects.toMatchObject({
      code: 'evidence-unknown',
    });
    expect(await record.putFinding(id, findingDraft([evidence.id]), writing({ key }))).toBeDefined();
  });

  it('sent twice at once it is done once', async () => {
    const { record, elsewhere } = on();
    const { id } = await begun(record);
    const key = newKey();
    const answers = await Promise.all(
      [record, elsewhere, record, elsewhere].map((to) => to.addEvidence(id, [evidenceDraft()], writing({ key }))),
    );
    expect(new Set(answers.map(([piece]) => piece?.id)).size).toBe(1);
    expect((await record.dossier(id)).evidence).toHaveLength(2);
    const draft = incidentDraft();
    const opened = await Promise.all([record, elsewhere].map((to) => to.open(draft, writing({ key: `${key}-2` }))));
    expect(opened[0]).toEqual(opened[1]);
  });
}
