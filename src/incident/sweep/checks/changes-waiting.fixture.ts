import { type CheckFixture, hoursFrom, quietKeep, sightOf } from '../check.fixture.ts';

const change = {
  id: 'chg_a',
  stack: 'stacks/shop',
  state: 'planned',
  changedAt: hoursFrom(-1).toISOString(),
  failedExpectation: false,
};

export const fixture: CheckFixture = {
  red: [
    {
      because: 'one does not do what was expected',
      sight: sightOf({ keep: { ...quietKeep, changes: [{ ...change, failedExpectation: true }] } }),
      status: 'fail',
      says: /does not do what was expected/,
    },
    {
      because: 'one waits for days',
      sight: sightOf({ keep: { ...quietKeep, changes: [{ ...change, changedAt: hoursFrom(-60).toISOString() }] } }),
      status: 'warn',
      says: /is planned since/,
    },
  ],
  green: [['one waits since an hour', sightOf({ keep: { ...quietKeep, changes: [change] } })]],
};
