import type { Check } from '../port.ts';
import { found, unknown } from '../results.ts';

export const actionsDue: Check = {
  id: 'actions-due',
  title: 'What was promised after incidents is done in time',
  needs: ['record'],
  look({ record, at }) {
    if (record === undefined) return unknown('nobody looked');
    const today = at.toISOString().slice(0, 10);
    const undone = record.actions.filter(
      ({ status }) => status === 'open' || status === 'in-progress' || status === 'regressed',
    );
    const regressed = undone
      .filter(({ status }) => status === 'regressed')
      .map(
        ({ id, verified }) => `${id} had landed and does not hold any more: ${verified?.detail ?? 'no reason told'}`,
      );
    const late = undone
      .filter(({ status, due }) => status !== 'regressed' && due !== undefined && due < today)
      .map(({ id, due, owner, priority }) => `${id} (${priority}, ${owner ?? 'nobody’s'}) was due ${due}`);
    return found({ fail: regressed, warn: late }, `${undone.length} open, none late`, 'action_list');
  },
};
