import { type CheckFixture, measured } from '../check.fixture.ts';
import { pressure } from './pressure.ts';

const [query = ''] = pressure.queries ?? [];

export const fixture: CheckFixture = {
  red: [
    {
      because: 'a host only waits',
      sight: measured({ [query]: [[0.9, { instance: 'node-1' }]] }),
      status: 'fail',
      says: /^node-1 waits 90 % of the time$/,
    },
    {
      because: 'a host waits a lot',
      sight: measured({ [query]: [[0.5, { instance: 'node-1' }]] }),
      status: 'warn',
      says: /50 %/,
    },
  ],
  green: [['it does not', measured({ [query]: [[0.01, { instance: 'node-1' }]] })]],
  unknown: [['no host tells', measured({ [query]: [] })]],
};
