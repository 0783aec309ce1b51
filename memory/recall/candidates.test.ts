import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostPrior, withinReach } from './candidates.ts';
import type { Found } from './find.ts';

/** Importance from 0 to 1, and as fresh as it can be or as old. */
const prior = fc
  .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.9, max: 1.1, noNaN: true }))
  .map(([importance, freshness]) => (0.85 + 0.3 * importance) * freshness);
const candidate = fc.record({
  score: fc.integer({ min: 0, max: 1_000 }).map((thousandths) => thousandths / 1_000),
  prior,
  exact: fc.boolean(),
});

function foundOf(item: number, { score, exact }: { score: number; exact: boolean }): Found {
  const why = { matched: [], repaired: [], aliases: [], exact: exact ? ['192.0.2.7'] : [], legs: { lexical: score } };
  return { shelf: 1, item, score, why };
}

describe('candidates that are not read', () => {
  it('come behind as many as are wanted, whatever their importance and their age', () => {
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (all, wanted) => {
        const sorted = all.toSorted((a, b) => b.score - a.score);
        const found = sorted.map((one, item) => foundOf(item, one));
        const { near, far } = withinReach(found, wanted);
        expect(near.length + far.length).toBe(found.length);
        expect(far.every(({ why }) => why.exact.length === 0)).toBe(true);
        const final = ({ item, score }: Found): number => score * (sorted[item]?.prior ?? 1);
        const last = near.map(final).sort((a, b) => b - a)[wanted - 1] ?? 0;
        for (const one of far) {
          expect(final(one)).toBeLessThanOrEqual(last);
          // What the caller goes by when some of the near must not be shown.
          expect(final(one)).toBeLessThanOrEqual(one.score * mostPrior);
        }
      }),
    );
  });

  it('are none, when there are no more than are wanted', () => {
    const found = [1, 0.01].map((score, item) => foundOf(item, { score, exact: false }));
    expect(withinReach(found, 2)).toEqual({ near: found, far: [] });
    expect(withinReach(found, 1).far).toHaveLength(1);
    expect(withinReach([], 10)).toEqual({ near: [], far: [] });
  });
});
