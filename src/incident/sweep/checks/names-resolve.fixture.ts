import type { DnsProbe } from '../../../probe/port.ts';
import { type CheckFixture, sightOf } from '../check.fixture.ts';
import type { SweepSight } from '../port.ts';

const of = (more: Partial<DnsProbe>): SweepSight =>
  sightOf({
    probes: {
      http: [],
      tls: [],
      dns: [
        {
          name: 'shop.example.net',
          works: 'yes',
          addresses: ['192.0.2.7'],
          aliases: [],
          answers: [],
          problem: undefined,
          ...more,
        },
      ],
    },
  });

export const fixture: CheckFixture = {
  red: [
    { because: 'one does not', sight: of({ works: 'no', addresses: [] }), status: 'fail', says: /does not resolve/ },
    {
      because: 'two servers disagree',
      sight: of({
        answers: [
          { server: '192.0.2.53', addresses: ['192.0.2.7'], problem: undefined },
          { server: '192.0.2.54', addresses: ['192.0.2.8'], problem: undefined },
        ],
      }),
      status: 'warn',
      says: /192\.0\.2\.53 says 192\.0\.2\.7; 192\.0\.2\.54 says 192\.0\.2\.8/,
    },
  ],
  green: [['they agree', of({})]],
  unknown: [['nobody answers', of({ works: 'unknown' })]],
};
