import { claimsOf } from '../claims.ts';
import { error, type ReportRule } from '../rule.ts';

export const claimsCiteEvidence: ReportRule = {
  id: 'V9',
  title: 'Every claim, every step of the cause and every row of the timeline cites evidence.',
  severities: ['error'],
  *check(input) {
    for (const { path, claim } of claimsOf(input.narrative))
      if (claim.evidence.length === 0)
        yield error(
          `${path}.evidence`,
          'the claim cites nothing',
          'cite the evidence it rests on, or leave the claim out',
        );
    for (const { key, source, evidence, excluded } of input.timeline)
      if (source !== 'record' && evidence.length === 0 && excluded === undefined)
        yield error(`timeline.${key}`, 'the row has no evidence', 'compile the timeline anew');
    for (const [index, finding] of input.dossier.findings.entries())
      if (finding.status !== 'open' && finding.evidence.length === 0)
        yield error(
          `findings[${index}]`,
          `${finding.id} is ${finding.status} and cites nothing`,
          'record the finding again with its evidence',
        );
  },
};
