import { error, type ReportRule, shown } from '../rule.ts';

export const openEarlierActionsAreNamed: ReportRule = {
  id: 'V22',
  title: 'Every open item of an earlier report with this cause is named.',
  severities: ['error'],
  applies: ({ dossier }) => dossier.candidates.some(({ verdict }) => verdict === 'accepted'),
  *check(input) {
    const { of, earlierActions } = input.narrative.recurrence;
    const listed = new Set(earlierActions.map(({ id }) => id));
    for (const { document, verdict, actions } of input.dossier.candidates) {
      if (verdict !== 'accepted' && !of.includes(document)) continue;
      for (const { id, status } of actions)
        if (!listed.has(id) && status !== 'landed' && status !== 'dropped')
          yield error(
            'recurrence.earlierActions',
            `${id} of ${shown(document)} is ${status}, and would have helped`,
            `list it as ${status}`,
          );
    }
  },
};
