import { type CheckFixture, measured } from '../check.fixture.ts';
import { clocks } from './clocks.ts';

const [query = ''] = clocks.queries ?? [];

export const fixture: CheckFixture = {
  red: [
    {
      because: 'one is off by an hour',
      sight: measured({ [query]: [[3600, { instance: 'node-2' }]] }),
      status: 'fail',
      says: /^node-2 is off by 3600\.00 s$/,
    },
    {
      because: 'one drifts',
      sight: measured({ [query]: [[0.3, { instance: 'node-2' }]] }),
      status: 'warn',
      says: /0\.30 s/,
    },
  ],
  green: [['they agree', measured({ [query]: [[0.001, { instance: 'node-1' }]] })]],
  unknown: [['no host tells', measured({ [query]: [] })]],
};
