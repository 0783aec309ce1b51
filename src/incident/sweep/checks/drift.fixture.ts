import { type CheckFixture, quietKeep, sightOf } from '../check.fixture.ts';

export const fixture: CheckFixture = {
  red: [
    {
      because: 'a stack differs',
      sight: sightOf({
        keep: { ...quietKeep, stacks: [{ stack: 'stacks/shop', drift: 'differs', at: undefined, why: undefined }] },
      }),
      status: 'warn',
      says: /^stacks\/shop differs from reality$/,
    },
  ],
  green: [['all are as written', sightOf({ keep: quietKeep })]],
  unknown: [
    [
      'one was never planned',
      sightOf({
        keep: { ...quietKeep, stacks: [{ stack: 'stacks/shop', drift: 'unknown', at: undefined, why: undefined }] },
      }),
    ],
  ],
};
