import type { AlertRule } from '../../../monitoring/port.ts';
import { type CheckFixture, sightOf } from '../check.fixture.ts';

const broken: AlertRule = {
  name: 'BackupLate',
  group: 'backups',
  query: 'x',
  forSeconds: 0,
  state: 'unknown',
  health: 'err',
  labels: {},
};

export const fixture: CheckFixture = {
  red: [
    {
      because: 'it is not ready',
      sight: sightOf({ metrics: { ready: false, version: undefined, rules: [] } }),
      status: 'fail',
      says: /not ready/,
    },
    {
      because: 'a rule is broken',
      sight: sightOf({ metrics: { ready: true, version: '2.42.0', rules: [broken] } }),
      status: 'fail',
      says: /^rule backups\/BackupLate cannot be evaluated$/,
    },
  ],
  green: [
    ['all is well', sightOf({ metrics: { ready: true, version: '2.42.0', rules: [{ ...broken, health: 'ok' }] } })],
  ],
};
