import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Near } from '../embed/port.ts';
import { fuse, pinExact } from './fuse.ts';
import type { Candidate } from './port.ts';

const candidate = (item: number, score: number): Candidate => ({
  shelf: 1,
  item,
  score,
  matched: ['word'],
  exact: [],
  episode: false,
});
const near = (item: number, similarity: number): Near => ({ shelf: 1, item, similarity });

const lexical = fc
  .uniqueArray(fc.tuple(fc.nat(200), fc.double({ min: 0.001, max: 50, noNaN: true })), { selector: ([item]) => item })
  .map((rows) => rows.map(([item, score]) => candidate(item, score)).sort((a, b) => b.score - a.score));
const dense = fc
  .uniqueArray(fc.tuple(fc.nat(200), fc.double({ min: -1, max: 1, noNaN: true })), { selector: ([item]) => item })
  .map((rows) => rows.map(([item, similarity]) => near(item, similarity)).sort((a, b) => b.similarity - a.similarity));

describe('two legs as one list', () => {
  it('with no share for the dense leg are the lexical list, to the bit', () => {
    fc.assert(
      fc.property(lexical, dense, (words, meaning) => {
        const alone = fuse(words, [], 0.5);
        expect(fuse(words, meaning, 0)).toEqual(alone);
        expect(alone.map(({ lexical: one }) => one)).toEqual(words);
      }),
    );
  });

  it('hold everything that either found, each once, best first, from 0 to 1', () => {
    fc.assert(
      fc.property(lexical, dense, fc.double({ min: 0.01, max: 1, noNaN: true }), (words, meaning, share) => {
        const fused = fuse(words, meaning, share);
        const items = fused.map(({ item }) => item);
        expect(new Set(items)).toEqual(new Set([...words, ...meaning].map(({ item }) => item)));
        expect(new Set(items).size).toBe(items.length);
        for (const [index, { score }] of fused.entries()) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1 + 1e-9);
          if (index > 0) expect(score).toBeLessThanOrEqual(fused[index - 1]?.score ?? 0);
        }
      }),
    );
  });

  it('keep apart items of the same number on different shelves', () => {
    const fused = fuse([candidate(1, 2)], [{ shelf: 2, item: 1, similarity: 0.9 }], 0.4);
    expect(fused.map(({ shelf, score }) => [shelf, score])).toEqual([
      [1, 0.6],
      [2, 0.4],
    ]);
  });

  it('lift what both found over what one found', () => {
    const fused = fuse([candidate(1, 10), candidate(2, 9)], [near(2, 0.8), near(3, 0.4), near(4, 0.1)], 0.5);
    expect(fused.map(({ item }) => item)).toEqual([2, 1, 3, 4]);
    expect(fused[0]?.legs).toEqual({ lexical: 0.9, dense: 1 });
  });
});

describe('a row with a rare identifier of the query', () => {
  const rows = fc
    .array(fc.constantFrom(0, 0, 0, 0, 1, 2), { maxLength: 40 })
    .map((exact) => exact.map((count, rank) => ({ rank, exact: count })));

  it('is among the first three, and the others stay in their order', () => {
    fc.assert(
      fc.property(rows, (ranked) => {
        const pinned = pinExact(ranked, ({ exact }) => exact);
        expect(pinned.toSorted((a, b) => a.rank - b.rank)).toEqual(ranked);
        const most = ranked.filter(({ exact }) => exact > 0).length;
        const first = pinned.slice(0, 3).filter(({ exact }) => exact > 0).length;
        expect(first).toBe(Math.min(3, most));
        const rest = pinned.slice(3).map(({ rank }) => rank);
        expect(rest).toEqual(rest.toSorted((a, b) => a - b));
      }),
    );
  });

  it('moves nothing when it is there already', () => {
    const ranked = [{ exact: 0 }, { exact: 0 }, { exact: 1 }, { exact: 0 }];
    expect(pinExact(ranked, ({ exact }) => exact)).toBe(ranked);
  });
});
