import { type CheckFixture, measured } from '../check.fixture.ts';
import { volumesFilling } from './volumes-filling.ts';

const [query = ''] = volumesFilling.queries ?? [];

export const fixture: CheckFixture = {
  red: [
    {
      because: 'one is full',
      sight: measured({ [query]: [[0.98, { namespace: 'shop', persistentvolumeclaim: 'data' }]] }),
      status: 'fail',
      says: /^shop\/data is 98 % full$/,
    },
    {
      because: 'one fills',
      sight: measured({ [query]: [[0.92, { namespace: 'shop', persistentvolumeclaim: 'data' }]] }),
      status: 'warn',
      says: /92 %/,
    },
  ],
  green: [['half is free', measured({ [query]: [[0.5]] })]],
  unknown: [['no kubelet tells', measured({ [query]: [] })]],
};
