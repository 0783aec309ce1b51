import { error, type ReportRule, shown } from '../rule.ts';

export const candidatesAreJudged: ReportRule = {
  id: 'V20',
  title: 'Every candidate over the threshold was accepted or rejected, with a reason.',
  severities: ['error'],
  applies: ({ dossier }) => dossier.candidates.length > 0,
  *check(input) {
    for (const [index, { document, score, verdict, reason }] of input.dossier.candidates.entries()) {
      if (score < input.recurrenceThreshold && verdict === undefined) continue;
      if (verdict === undefined)
        yield error(`candidates[${index}]`, `${shown(document)} has no verdict`, 'accept or reject it, and say why');
      else if ((reason ?? '').trim() === '')
        yield error(`candidates[${index}].reason`, `${shown(document)} was ${verdict} without a reason`, 'say why');
    }
  },
};
