import { type CheckFixture, measured } from '../check.fixture.ts';
import { targetsUp } from './targets-up.ts';

const [query = ''] = targetsUp.queries ?? [];

export const fixture: CheckFixture = {
  red: [
    {
      because: 'a target is down',
      sight: measured({
        [query]: [
          [1, { job: 'node' }],
          [0, { job: 'dns', instance: '192.0.2.7:9153' }],
        ],
      }),
      status: 'fail',
      says: /^dns\/192\.0\.2\.7:9153 cannot be scraped$/,
    },
  ],
  green: [['all are up', measured({ [query]: [[1, { job: 'node' }]] })]],
  unknown: [['there are no targets', measured({ [query]: [] })]],
};
