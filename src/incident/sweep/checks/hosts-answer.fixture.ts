import type { HttpProbe } from '../../../probe/port.ts';
import { type CheckFixture, sightOf } from '../check.fixture.ts';
import type { SweepSight } from '../port.ts';

const of = (more: Partial<HttpProbe>): SweepSight =>
  sightOf({
    probes: {
      http: [
        {
          url: 'https://shop.example.net',
          works: 'yes',
          status: 200,
          tookMs: 9,
          location: undefined,
          server: undefined,
          pretends: undefined,
          problem: undefined,
          ...more,
        },
      ],
      tls: [],
      dns: [],
    },
  });

export const fixture: CheckFixture = {
  red: [
    {
      because: 'one is down',
      sight: of({ works: 'no', status: 502 }),
      status: 'fail',
      says: /^https:\/\/shop\.example\.net: status 502$/,
    },
    {
      because: 'another one answers for it',
      sight: of({ pretends: 'a page of a bot wall' }),
      status: 'warn',
      says: /answers with a page of a bot wall/,
    },
  ],
  green: [['it answers', of({})]],
  unknown: [
    ['it could not be asked', of({ works: 'unknown', problem: 'no answer in 5 s' })],
    ['none is named', sightOf({ probes: { http: [], tls: [], dns: [] } })],
  ],
};
