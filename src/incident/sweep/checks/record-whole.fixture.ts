import { type CheckFixture, sightOf } from '../check.fixture.ts';

export const fixture: CheckFixture = {
  red: [
    {
      because: 'a row was changed',
      sight: sightOf({ record: { open: [], actions: [], broken: ['event 3 of inc_a'] } }),
      status: 'fail',
      says: /^event 3 of inc_a$/,
    },
  ],
  green: [['none was', sightOf({ record: { open: [], actions: [], broken: [] } })]],
};
