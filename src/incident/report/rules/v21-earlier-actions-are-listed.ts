import type { ActionStatus } from '../../action.ts';
import { error, type ReportRule } from '../rule.ts';

export const earlierActionsAreListed: ReportRule = {
  id: 'V21',
  title: 'Of a recurrence, the earlier action items are listed with what became of them.',
  severities: ['error'],
  applies: ({ narrative }) =>
    narrative.recurrence.verdict === 'recurrence' || narrative.recurrence.earlierActions.length > 0,
  *check(input) {
    const { verdict, of, earlierActions } = input.narrative.recurrence;
    const known = new Map(
      input.dossier.candidates.flatMap(({ actions }) => actions.map((action) => [action.id, action] as const)),
    );
    const listed = new Set(earlierActions.map(({ id }) => id));
    for (const [index, { id, status }] of earlierActions.entries()) {
      const action = known.get(id);
      if (action === undefined)
        yield error(
          `recurrence.earlierActions[${index}].id`,
          `no candidate has the action item ${id}`,
          'name items that sev_history gave',
        );
      else if (action.status !== status)
        yield error(
          `recurrence.earlierActions[${index}].status`,
          `${id} is ${action.status}`,
          `write ${action.status}`,
        );
    }
    if (verdict !== 'recurrence') return;
    const owed = input.dossier.candidates
      .filter(({ document }) => of.includes(document))
      .flatMap(({ actions }) => actions);
    for (const { id, status } of owed)
      if (!listed.has(id) && isOver(status))
        yield error('recurrence.earlierActions', `${id} of the earlier report is not listed`, `list it as ${status}`);
  },
};

/** Those that are open are asked for by a rule of their own. */
function isOver(status: ActionStatus): boolean {
  return status === 'landed' || status === 'dropped';
}
