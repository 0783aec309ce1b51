import { type CheckFixture, hoursFrom, sightOf } from '../check.fixture.ts';
import type { SeenVault, SweepSight } from '../port.ts';

const of = (more: Partial<SeenVault>): SweepSight =>
  sightOf({ vault: { role: 'active', why: undefined, token: 'alive', tokenEnds: hoursFrom(24), ...more } });

export const fixture: CheckFixture = {
  red: [
    {
      because: 'our token is lost, and so nothing is told',
      sight: of({ role: 'unreachable', token: 'lost' }),
      status: 'fail',
      says: /our token is lost/,
    },
    { because: 'it is sealed', sight: of({ role: 'sealed', why: 'sealed' }), status: 'fail', says: /^sealed: sealed$/ },
    { because: 'our token is lost', sight: of({ token: 'lost' }), status: 'fail', says: /our token is lost/ },
    { because: 'our token ends', sight: of({ tokenEnds: hoursFrom(0.5) }), status: 'warn', says: /within the hour/ },
  ],
  green: [['it is active', of({})]],
  unknown: [['it cannot be reached', of({ role: 'unreachable', why: 'refused' })]],
};
