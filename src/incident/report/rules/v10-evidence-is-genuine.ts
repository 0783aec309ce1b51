import { createHash } from 'node:crypto';
import { claimsOf } from '../claims.ts';
import type { ReportInput } from '../port.ts';
import { error, type ReportRule, shown } from '../rule.ts';

export const evidenceIsGenuine: ReportRule = {
  id: 'V10',
  title: 'Cited evidence exists, belongs to this incident, and its bytes match their hash.',
  severities: ['error'],
  *check(input) {
    const { dossier, payloads, tampered } = input;
    const byId = new Map(dossier.evidence.map((evidence) => [evidence.id, evidence]));
    for (const [id, paths] of citations(input)) {
      const [path = ''] = paths;
      const evidence = byId.get(id);
      const payload = payloads.get(id);
      if (evidence === undefined)
        yield error(path, `this incident has no evidence ${shown(id)}`, 'cite an id that incident_show lists');
      else if (evidence.incident !== dossier.incident.id)
        yield error(path, `${id} belongs to ${evidence.incident}`, 'gather it for this incident');
      else if (tampered.includes(id))
        yield error(
          path,
          `the bytes of ${id} do not match their hash`,
          'gather it again and cite the new one; look who changed the database',
        );
      else if (payload === undefined) yield error(path, `the bytes of ${id} are not there`, 'gather it again');
      else if (
        input.maskedSince?.has(id) !== true &&
        createHash('sha256').update(payload).digest('hex') !== evidence.sha256
      )
        yield error(path, `the bytes of ${id} do not match their hash`, 'gather it again and cite the new one');
    }
  },
};

/** Ids, and where they are cited; also those in the middle of a sentence. Rows and findings are asked about whose they are. */
function citations({ narrative, timeline, dossier }: ReportInput): ReadonlyMap<string, readonly string[]> {
  const cited = new Map<string, string[]>();
  const cite = (id: string, path: string) => cited.set(id, [...(cited.get(id) ?? []), path]);
  for (const { path, claim } of claimsOf(narrative)) {
    for (const id of claim.evidence) cite(id, `${path}.evidence`);
    for (const [id] of claim.text.matchAll(/\bev_[a-z2-7]{8}\b/g)) cite(id, `${path}.text`);
  }
  const known = new Set(dossier.evidence.map(({ id }) => id));
  for (const { key, evidence, excluded } of timeline)
    if (excluded === undefined) for (const id of evidence.filter((one) => !known.has(one))) cite(id, `timeline.${key}`);
  for (const { id: finding, evidence } of dossier.findings)
    for (const id of evidence.filter((one) => !known.has(one))) cite(id, `findings.${finding}`);
  return cited;
}
