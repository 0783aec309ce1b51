import type { Incident } from '../../incident.ts';
import { type CheckFixture, hoursFrom, incidentOf, sightOf } from '../check.fixture.ts';
import type { SweepSight } from '../port.ts';

const of = (open: readonly Incident[]): SweepSight => sightOf({ record: { open, actions: [], broken: [] } });

export const fixture: CheckFixture = {
  red: [
    {
      because: 'a severe one is open',
      sight: of([incidentOf({})]),
      status: 'fail',
      says: /^inc_abcdefghij, SEV2, open since /,
    },
    {
      because: 'one is forgotten',
      sight: of([incidentOf({ severity: 'SEV3', openedAt: hoursFrom(-24 * 9) })]),
      status: 'warn',
      says: /is triaged since 2026-11-11/,
    },
    {
      because: 'one has no report for a week',
      sight: of([incidentOf({ mitigatedAt: hoursFrom(-200), status: 'mitigated', openedAt: hoursFrom(-24 * 9) })]),
      status: 'warn',
      says: /is mitigated/,
    },
  ],
  green: [
    ['there is none', of([])],
    ['a small one is new', of([incidentOf({ severity: 'SEV3' })])],
  ],
};
