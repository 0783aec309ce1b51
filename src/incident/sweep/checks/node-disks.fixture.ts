import { type CheckFixture, measured } from '../check.fixture.ts';
import { nodeDisks } from './node-disks.ts';

const [query = ''] = nodeDisks.queries ?? [];

export const fixture: CheckFixture = {
  red: [
    {
      because: 'a disk is full',
      sight: measured({ [query]: [[0.97, { instance: 'node-1', mountpoint: '/var' }]] }),
      status: 'fail',
      says: /^node-1 \/var is 97 % full$/,
    },
    {
      because: 'a disk fills',
      sight: measured({ [query]: [[0.9, { instance: 'node-1', mountpoint: '/' }]] }),
      status: 'warn',
      says: /90 %/,
    },
  ],
  green: [['there is room', measured({ [query]: [[0.4]] })]],
  unknown: [['no host tells', measured({ [query]: [] })]],
};
