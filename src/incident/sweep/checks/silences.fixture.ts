import type { Silence } from '../../../monitoring/port.ts';
import { type CheckFixture, hoursFrom, sightOf } from '../check.fixture.ts';

const silence: Silence = {
  id: 's1',
  matchers: ['alertname="DiskFilling"'],
  from: hoursFrom(-1),
  to: hoursFrom(4),
  by: 'robin',
  comment: 'known',
  state: 'active',
};

export const fixture: CheckFixture = {
  red: [
    {
      because: 'one hides everything',
      sight: sightOf({
        alerts: { ready: true, current: [], silences: [{ ...silence, matchers: ['alertname=~".+"'] }] },
      }),
      status: 'warn',
      says: /^s1 of robin matches nearly everything$/,
    },
    {
      because: 'one lasts for years',
      sight: sightOf({ alerts: { ready: true, current: [], silences: [{ ...silence, to: hoursFrom(24 * 900) }] } }),
      status: 'warn',
      says: /^s1 of robin lasts until 2029/,
    },
  ],
  green: [
    ['one is of one alert and ends', sightOf({ alerts: { ready: true, current: [], silences: [silence] } })],
    [
      'one is over',
      sightOf({
        alerts: {
          ready: true,
          current: [],
          silences: [{ ...silence, matchers: ['alertname=~".+"'], state: 'expired' }],
        },
      }),
    ],
  ],
};
