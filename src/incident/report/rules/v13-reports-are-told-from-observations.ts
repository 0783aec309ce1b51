import { claimsOf } from '../claims.ts';
import { type ReportRule, warning } from '../rule.ts';

export const reportsAreToldFromObservations: ReportRule = {
  id: 'V13',
  title: 'What rests on somebody’s word alone is labelled as reported.',
  severities: ['warning'],
  *check(input) {
    const sources = new Map(input.dossier.evidence.map(({ id, source }) => [id, source]));
    for (const { path, claim } of claimsOf(input.narrative)) {
      const cited = claim.evidence.flatMap((id) => sources.get(id) ?? []);
      const told = cited.length > 0 && cited.every((source) => source === 'note');
      if (told && claim.reported !== true)
        yield warning(path, 'it rests on what somebody told alone', 'set `reported: true`, or cite what was observed');
      if (!told && cited.length > 0 && claim.reported === true)
        yield warning(path, 'it was observed, and is called reported', 'leave `reported` out');
    }
  },
};
