import { alertOf, type CheckFixture, sightOf } from '../check.fixture.ts';

export const fixture: CheckFixture = {
  red: [
    {
      because: 'a critical one fires',
      sight: sightOf({ alerts: { ready: true, current: [alertOf('TargetDown', 'critical')], silences: [] } }),
      status: 'fail',
      says: /^TargetDown shop since /,
    },
    {
      because: 'a warning fires',
      sight: sightOf({ alerts: { ready: true, current: [alertOf('DiskFilling', 'warning')], silences: [] } }),
      status: 'warn',
      says: /^DiskFilling/,
    },
    {
      because: 'one without a severity fires',
      sight: sightOf({ alerts: { ready: true, current: [alertOf('Odd', '')], silences: [] } }),
      status: 'warn',
      says: /^Odd/,
    },
  ],
  green: [
    [
      'only the watchdog fires',
      sightOf({ alerts: { ready: true, current: [alertOf('Watchdog', 'none')], silences: [] } }),
    ],
    [
      'others are inhibited or silenced',
      sightOf({ alerts: { ready: true, current: [alertOf('HostGone', 'critical', 'inhibited')], silences: [] } }),
    ],
  ],
  unknown: [['Alertmanager is not ready', sightOf({ alerts: { ready: false, current: [], silences: [] } })]],
};
