import { type CheckFixture, quietKeep, sightOf } from '../check.fixture.ts';

export const fixture: CheckFixture = {
  red: [
    {
      because: 'it is frozen',
      sight: sightOf({ keep: { ...quietKeep, frozenSince: '2026-11-20T10:00:00Z' } }),
      status: 'warn',
      says: /^frozen since /,
    },
    {
      because: 'somebody applied past it',
      sight: sightOf({
        keep: { ...quietKeep, foreign: [{ stack: 'stacks/shop', at: '2026-11-20T10:00:00Z', what: 'serial 7 → 8' }] },
      }),
      status: 'warn',
      says: /^stacks\/shop was applied by other hands/,
    },
    {
      because: 'it runs as us',
      sight: sightOf({ keep: { ...quietKeep, boundary: 'same user' } }),
      status: 'warn',
      says: /same user/,
    },
    {
      because: 'it has a problem',
      sight: sightOf({ keep: { ...quietKeep, problems: ['the repository cannot be fetched'] } }),
      status: 'warn',
      says: /cannot be fetched/,
    },
  ],
  green: [['all is well', sightOf({ keep: quietKeep })]],
};
