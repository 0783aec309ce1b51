import type { TlsProbe } from '../../../probe/port.ts';
import { type CheckFixture, hoursFrom, sightOf } from '../check.fixture.ts';
import type { SweepSight } from '../port.ts';

const of = (more: Partial<TlsProbe>): SweepSight =>
  sightOf({
    probes: {
      http: [],
      dns: [],
      tls: [
        {
          target: 'shop.example.net:443',
          works: 'yes',
          notAfter: hoursFrom(24 * 60),
          issuer: 'a CA',
          names: ['shop.example.net'],
          protocol: 'TLSv1.3',
          problem: undefined,
          ...more,
        },
      ],
    },
  });

export const fixture: CheckFixture = {
  red: [
    {
      because: 'one has expired',
      sight: of({ works: 'no', notAfter: hoursFrom(-1), problem: undefined }),
      status: 'fail',
      says: /has expired/,
    },
    { because: 'one ends tomorrow', sight: of({ notAfter: hoursFrom(30) }), status: 'fail', says: /1 days left/ },
    { because: 'one ends next week', sight: of({ notAfter: hoursFrom(24 * 7) }), status: 'warn', says: /7 days left/ },
    {
      because: 'nobody trusts it',
      sight: of({ works: 'no', problem: 'self-signed' }),
      status: 'fail',
      says: /self-signed/,
    },
  ],
  green: [['it is good for months', of({})]],
  unknown: [['it could not be asked', of({ works: 'unknown', notAfter: undefined })]],
};
