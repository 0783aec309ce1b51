import { writeSync } from 'node:fs';
import { evidenceDraft, findingDraft, incidentDraft, robin, writing } from './record.fixture.ts';
import { openRecordKeeper, payloadOf } from './record-keeper.fixture.ts';

/**
 * A process that records until it is killed: a line with its key before every call, and one with what was answered behind it.
 * `hold`: it holds a stage instead, and does nothing.
 */
const [home = '', round = '', what = 'write'] = process.argv.slice(2);
const tell = (value: unknown): void => void writeSync(1, `${JSON.stringify(value)}\n`);
const { record } = await openRecordKeeper(home, 2_000);
const { incident } = await record.open(incidentDraft({ fingerprint: 'of-the-writer' }), writing());
if (what === 'hold') {
  await record.holding(incident.id, 'triage', robin, () => {
    tell({ holding: incident.id });
    return new Promise(() => setInterval(() => undefined, 1_000));
  });
}
for (let turn = 0; ; turn += 1) {
  const key = `${round}-${turn}`;
  tell({ key, incident: incident.id });
  const drafts = [evidenceDraft({ payload: payloadOf(key) })];
  const [evidence] = await record.addEvidence(incident.id, drafts, writing({ key: `${key}-evidence` }));
  const cited = findingDraft([evidence?.id ?? ''], { hypothesis: key });
  const finding = await record.putFinding(incident.id, cited, writing({ key: `${key}-finding` }));
  tell({ key, incident: incident.id, evidence: evidence?.id, finding: finding.id });
}
