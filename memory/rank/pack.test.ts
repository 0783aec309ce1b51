import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hit, MemoryHit, Why } from '../engine.ts';
import type { Entry } from '../entry.ts';
import { bytesOf, pack } from './pack.ts';

const why: Why = { matched: [], repaired: [], aliases: [], exact: [], legs: { lexical: 1 } };
const long = new Date(0);

function entry(id: number, content: string): Entry {
  return {
    id,
    owner: 'human:robin',
    author: 'agent:claude',
    visibility: 'public',
    readers: [],
    category: 'facts',
    content,
    sensitive: false,
    keywords: '',
    tags: [],
    importance: 0.5,
    source: undefined,
    session: undefined,
    seq: undefined,
    validFrom: long,
    validTo: undefined,
    recordedAt: long,
    updatedAt: long,
    deletedAt: undefined,
    revision: 1,
  };
}

function hit(id: number, content: string, score = 1, solutions: readonly string[] = []): MemoryHit {
  const attached = solutions.map((text, index) => ({
    type: 'resolved-by' as const,
    entry: entry(id * 100 + index, text),
  }));
  return { kind: 'memory', ref: `m${id}`, score, why, entry: entry(id, content), attached, pointers: [] };
}

const termsOf = (one: Hit): ReadonlySet<string> =>
  new Set((one.kind === 'memory' ? (one.entry.content ?? '') : one.content).split(' '));
const refs = (hits: readonly Hit[]): readonly string[] => hits.map(({ ref }) => ref);
const sizeOf = (hits: readonly Hit[]): number => hits.reduce((sum, one) => sum + bytesOf(one), 0);

describe('whole hits in the room there is', () => {
  const hits = fc
    .array(
      fc.tuple(
        fc.array(fc.constantFrom('disk', 'жёсткий', '🏠', 'proxy', 'x'.repeat(90)), { minLength: 1, maxLength: 30 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.lorem(), { maxLength: 3 }),
      ),
      { maxLength: 12 },
    )
    .map((rows) =>
      rows
        .sort(([, a], [, b]) => b - a)
        .map(([words, score, solutions], index) => hit(index + 1, words.join(' '), score, solutions)),
    );

  it('never take more, are never cut, keep their order, and the best is in whenever it fits', () => {
    fc.assert(
      fc.property(hits, fc.integer({ min: 0, max: 9_000 }), (ranked, room) => {
        const packed = pack(ranked, { room, termsOf });
        expect(sizeOf(packed)).toBeLessThanOrEqual(room);
        const order = packed.map(({ ref }) => refs(ranked).indexOf(ref));
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        expect(new Set(order).size).toBe(order.length);
        for (const one of packed) {
          const whole = ranked.find(({ ref }) => ref === one.ref);
          if (one.kind !== 'memory' || whole?.kind !== 'memory') throw new Error('not one of them');
          expect(one.entry).toBe(whole.entry);
          // What comes with it is there whole, or is pointed to.
          expect(one.attached.length + one.pointers.length).toBe(whole.attached.length);
          for (const { entry: attached } of one.attached)
            expect(whole.attached.map((o) => o.entry)).toContain(attached);
        }
        const [best] = ranked;
        if (best?.kind === 'memory' && bytesOf({ ...best, attached: [] }) <= room)
          expect(packed[0]?.ref).toBe(best.ref);
      }),
    );
  });

  it('are all of them when all fit', () => {
    const ranked = [hit(1, 'a b'), hit(2, 'a b'), hit(3, 'c')];
    expect(pack(ranked, { room: 8_000, termsOf })).toBe(ranked);
  });

  it('are those that tell something new: a copy of the best waits behind what is different', () => {
    const same = 'disk slot five was replaced in spring by a spare from the same shelf';
    const ranked = [hit(1, same, 1), hit(2, `${same} again`, 0.9), hit(3, 'the proxy forgets headers over night', 0.7)];
    expect(refs(pack(ranked, { room: 2 * 320, termsOf }))).toEqual(['m1', 'm3']);
  });

  it('bring the solution with its symptom before the next hit', () => {
    const ranked = [hit(1, 'symptom', 1, ['the root cause of it']), hit(2, 'another thing', 0.9)];
    const [packed] = pack(ranked, { room: 600, termsOf });
    expect(packed?.kind === 'memory' ? packed.attached.map(({ entry: one }) => one.content) : []).toEqual([
      'the root cause of it',
    ]);
  });

  it('are measured in bytes, not in characters', () => {
    expect(bytesOf(hit(1, 'ж'.repeat(100)))).toBe(bytesOf(hit(1, 'x'.repeat(200))));
  });
});
