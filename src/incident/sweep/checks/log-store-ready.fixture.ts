import { type CheckFixture, sightOf } from '../check.fixture.ts';

export const fixture: CheckFixture = {
  red: [
    {
      because: 'it is not ready',
      sight: sightOf({ logs: { ready: false, version: undefined } }),
      status: 'fail',
      says: /not ready/,
    },
  ],
  green: [['it is', sightOf({ logs: { ready: true, version: '3.0.0' } })]],
};
