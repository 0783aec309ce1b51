import type { Action } from '../../action.ts';
import { actionOf, type CheckFixture, sightOf, sweptAt } from '../check.fixture.ts';
import type { SweepSight } from '../port.ts';

const of = (action: Action): SweepSight => sightOf({ record: { open: [], actions: [action], broken: [] } });

export const fixture: CheckFixture = {
  red: [
    {
      because: 'one is late',
      sight: of(actionOf({ due: '2026-11-01' })),
      status: 'warn',
      says: /^act_abcdefgh \(P1, robin\) was due 2026-11-01$/,
    },
    {
      because: 'one does not hold any more',
      sight: of(
        actionOf({ status: 'regressed', verified: { result: 'fail', at: sweptAt, detail: 'no rule of that name' } }),
      ),
      status: 'fail',
      says: /no rule of that name/,
    },
  ],
  green: [
    ['it has time', of(actionOf({}))],
    ['it landed', of(actionOf({ status: 'landed', due: '2026-11-01' }))],
  ],
};
