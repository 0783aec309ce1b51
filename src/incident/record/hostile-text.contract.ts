import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CastellanError } from '../../kit/index.ts';
import type { IncidentRecord } from './port.ts';
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

const hostile = [
  'a\0b',
  '\ud800',
  'x\udfff',
  `'; drop table castellan.incident; --`,
  '$1 \\ \\x00 {"a"} {,} NULL',
  '\u202e\u001b[31m😀',
  'é'.repeat(500),
  'm'.repeat(2 ** 20),
];

/** Refused as an argument, or kept letter by letter; anything else is a driver's error that got through. */
async function keptOrRefused(text: string, keep: (text: string) => Promise<string | undefined>): Promise<void> {
  try {
    expect(await keep(text)).toBe(text);
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    expect(error.code).toBe('incident-argument-invalid');
  }
}

export function describeHostileText(on: () => OpenedRecord): void {
  type Begun = Awaited<ReturnType<typeof begun>>;
  const places: Readonly<
    Record<string, (record: IncidentRecord, of: Begun, text: string) => Promise<string | undefined>>
  > = {
    title: async (record, _, title) => (await record.open(incidentDraft({ title }), writing())).incident.title,
    symptom: async (record, _, symptom) => (await record.open(incidentDraft({ symptom }), writing())).incident.symptom,
    fingerprint: async (record, _, fingerprint) => {
      const opened = await record.open(incidentDraft({ fingerprint }), writing());
      const again = await record.open(incidentDraft({ fingerprint }), writing());
      return opened.incident.id === again.incident.id ? fingerprint : undefined;
    },
    service: async (record, _, name) =>
      (await record.open(incidentDraft({ services: [name] }), writing())).incident.services[0],
    payload: async (record, { id }, payload) => {
      const [piece] = await record.addEvidence(id, [evidenceDraft({ payload })], writing());
      return (await record.payloads([piece?.id ?? ''])).texts.get(piece?.id ?? '');
    },
    quote: async (record, { id, evidence }, quote) => {
      const [row] = evidence.rows;
      await record.addEvidence(id, [evidenceDraft({ rows: row === undefined ? [] : [{ ...row, quote }] })], writing());
      return (await record.dossier(id)).evidence.at(-1)?.rows[0]?.quote;
    },
    parameter: async (record, { id }, text) => {
      await record.addEvidence(id, [evidenceDraft({ params: { [text]: [{ text }] } })], writing());
      return Object.keys((await record.dossier(id)).evidence.at(-1)?.params ?? {})[0];
    },
    hypothesis: async (record, { id }, hypothesis) => {
      await record.putFinding(
        id,
        findingDraft([], { status: 'open', hypothesis, nextChecks: [hypothesis] }),
        writing(),
      );
      return (await record.dossier(id)).findings.at(-1)?.hypothesis;
    },
    note: async (record, { id }, note) => {
      await record.annotate(id, { row: '01234567', note }, writing());
      return (await record.dossier(id)).marks[0]?.note;
    },
    domain: async (record, { id, evidence }, domain) => {
      await record.putTriage(id, triageOf(evidence.id, { domains: [domain] }), writing());
      return (await record.dossier(id)).triage?.domains[0];
    },
    document: async (record, { id }, document) => {
      await record.putCandidates(id, [candidate(document)], writing());
      await record.judge(id, { document, verdict: 'rejected', reason: document }, writing());
      return (await record.dossier(id)).candidates.find((one) => one.document === document)?.reason;
    },
    markdown: async (record, { id, evidence }, markdown) => {
      await record.putReport(id, reportDraft([evidence.id], { markdown }), writing());
      return (await record.dossier(id)).reports.at(-1)?.markdown;
    },
    action: async (record, { id }, title) =>
      (await record.putActions({ incident: id }, [actionDraft(title)], writing()))[0]?.title,
    report: async (record, _, report) =>
      (await record.putActions({ report }, [actionDraft('a')], writing()))[0]?.report,
    key: async (record, { id }, key) => {
      const write = writing({ key });
      const [one] = await record.addEvidence(id, [evidenceDraft()], write);
      const [again] = await record.addEvidence(id, [evidenceDraft()], write);
      return one?.id === again?.id ? key : undefined;
    },
    name: async (record, { id }, human) => {
      await record.change(id, { reason: human }, writing({ by: { agent: 'agent:claude', human } }));
      return (await record.dossier(id)).events.at(-1)?.reason;
    },
    search: async (record, _, about) => {
      await record.list({ about, limit: 1, skip: 0 });
      await record.actions({ text: about, owner: about, report: about, incident: about, limit: 1, skip: 0 });
      return about;
    },
  };

  it.each(Object.keys(places))('as a %s is kept as it is, or refused', async (place) => {
    const { record } = on();
    const of = await begun(record);
    const keep = places[place];
    if (keep === undefined) throw new Error(`there is no place ${place}`);
    for (const text of hostile) await keptOrRefused(text, (kept) => keep(record, of, kept));
    const drawn = fc.sample(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), 5);
    for (const text of drawn) await keptOrRefused(text, (kept) => keep(record, of, kept));
    expect((await record.verify(of.id)).broken).toEqual([]);
  });

  it('JSON without an end is refused', async () => {
    const { record } = on();
    const { id } = await begun(record);
    let deep: object = {};
    for (let level = 0; level < 20_000; level += 1) deep = { deep };
    const circle: Record<string, unknown> = {};
    circle['circle'] = circle;
    for (const params of [deep, circle]) {
      await expect(
        record.addEvidence(id, [{ ...evidenceDraft(), params: { ...JSON.parse('{}'), params } }], writing()),
      ).rejects.toMatchObject({ code: 'incident-argument-invalid' });
    }
  });
}
