import { type CheckFixture, measured } from '../check.fixture.ts';
import { killedForMemory } from './killed-for-memory.ts';

const [first = '', second = ''] = killedForMemory.queries ?? [];

export const fixture: CheckFixture = {
  red: [
    {
      because: 'a child was killed',
      sight: measured({ [first]: [[9]], [second]: [[2.1, { namespace: 'shop', pod: 'web-0', container: 'web' }]] }),
      status: 'warn',
      says: /^shop\/web-0\/web: 3 times$/,
    },
  ],
  green: [['none was', measured({ [first]: [[9]], [second]: [] })]],
  unknown: [['nobody counts', measured({ [first]: [], [second]: [] })]],
};
