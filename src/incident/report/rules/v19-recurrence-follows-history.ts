import { error, type ReportRule, shown } from '../rule.ts';

export const recurrenceFollowsHistory: ReportRule = {
  id: 'V19',
  title: 'History was asked, and the verdict on recurrence follows from its candidates.',
  severities: ['error'],
  *check(input) {
    const { dossier, narrative } = input;
    const { verdict, of } = narrative.recurrence;
    if (dossier.historyAt === undefined) yield error('recurrence', 'history was never asked', 'run sev_history');
    const byDocument = new Map(dossier.candidates.map((candidate) => [candidate.document, candidate]));
    for (const [index, document] of of.entries())
      if (!byDocument.has(document))
        yield error(
          `recurrence.of[${index}]`,
          `${shown(document)} is no candidate of this incident`,
          'name a candidate that sev_history gave',
        );
    if (verdict === 'first_recorded' && of.length > 0)
      yield error(
        'recurrence.of',
        'a first one has nothing before it',
        'leave `of` empty, or write `related` or `recurrence`',
      );
    if (verdict !== 'first_recorded' && of.length === 0)
      yield error('recurrence.of', `${verdict} of what?`, 'name the earlier document');
    const accepted = dossier.candidates.filter(({ verdict: given }) => given === 'accepted');
    if (
      verdict !== 'first_recorded' &&
      of.length > 0 &&
      of.every((document) => byDocument.get(document)?.verdict !== 'accepted')
    )
      yield error('recurrence.of', 'no candidate that is named was accepted', 'judge the candidate first');
    const again = accepted.find(
      ({ kind, score, hint }) => kind === 'report' && (score >= input.recurrenceThreshold || hint === 'recurrence'),
    );
    if (again !== undefined && verdict === 'first_recorded')
      yield error(
        'recurrence.verdict',
        `${shown(again.document)} was accepted as the same`,
        'write `recurrence`, or reject the candidate with a reason',
      );
  },
};
