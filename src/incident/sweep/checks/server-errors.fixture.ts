import { type CheckFixture, measured } from '../check.fixture.ts';
import { serverErrors } from './server-errors.ts';

const [first = '', second = ''] = serverErrors.queries ?? [];

export const fixture: CheckFixture = {
  red: [
    {
      because: 'half fail',
      sight: measured({ [first]: [[1]], [second]: [[0.5, { service: 'shop-web' }]] }),
      status: 'fail',
      says: /^shop-web answers 50 % of requests with an error$/,
    },
    {
      because: 'some fail',
      sight: measured({ [first]: [[1]], [second]: [[0.1, { service: 'shop-web' }]] }),
      status: 'warn',
      says: /10 %/,
    },
  ],
  green: [
    [
      'few fail, and one is not asked',
      measured({
        [first]: [[1]],
        [second]: [
          [0.001, { service: 'a' }],
          [Number.NaN, { service: 'b' }],
        ],
      }),
    ],
  ],
  unknown: [['no proxy counts', measured({ [first]: [], [second]: [] })]],
};
