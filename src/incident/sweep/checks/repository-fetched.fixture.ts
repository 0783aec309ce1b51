import { type CheckFixture, hoursFrom, sightOf } from '../check.fixture.ts';

export const fixture: CheckFixture = {
  red: [
    {
      because: 'the last fetch failed',
      sight: sightOf({ repository: { commit: 'a'.repeat(40), at: hoursFrom(-1), stale: 'no route to host' } }),
      status: 'warn',
      says: /no route to host/,
    },
  ],
  green: [['it was fetched', sightOf({ repository: { commit: 'a'.repeat(40), at: hoursFrom(-1), stale: undefined } })]],
};
