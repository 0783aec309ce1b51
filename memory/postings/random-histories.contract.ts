import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addTexts,
  livingAmong,
  livingIn,
  newShelf,
  type Text,
  type TwoDaemons,
  withoutEmpty,
} from './shelf.fixture.ts';

const words = ['alpha', 'beta', 'gamma', 'delta', 'node-3', '192.0.2.7', 'Ärger', '備份', 'fooBar', 'the'];
const terms = ['alpha', 'beta', 'gamma', 'delta', 'node-3', 'node', '192.0.2.7', 'arger', '備份', 'foobar', 'foo', 'x'];

const text = fc.array(fc.constantFrom(...words), { maxLength: 12 }).map((held) => held.join(' '));
const step = fc.oneof(
  fc.record({
    what: fc.constant('add' as const),
    shelf: fc.nat(1),
    daemon: fc.nat(1),
    texts: fc.array(fc.record({ content: text, keywords: text }), { minLength: 1, maxLength: 4 }),
    commits: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  }),
  fc.record({ what: fc.constant('retire' as const), shelf: fc.nat(1), daemon: fc.nat(1), which: fc.nat(20) }),
  fc.record({
    what: fc.constant('view' as const),
    daemon: fc.nat(1),
    shelves: fc.subarray([0, 1]),
    terms: fc.subarray(terms),
  }),
);

/** Whatever was stored, changed and asked before, by whichever daemon: what is found is what a look at every text finds. */
export function describeRandomHistories(openBoth: () => TwoDaemons): void {
  describe('after any history', () => {
    it('every term of every living text is found where it stands, and nothing else', async () => {
      const property = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 25 }), async (steps) => {
        const { database, elsewhere, here, there } = openBoth();
        const daemons = [
          { database, postings: here },
          { database: elsewhere, postings: there },
        ];
        const shelves = [await newShelf(database), await newShelf(database)].map((id) => ({
          id,
          living: [] as Text[],
        }));
        let items = 0;
        for (const now of steps) {
          const { database: own, postings } = daemons[now.daemon] ?? expect.fail('no such daemon');
          if (now.what === 'view') {
            const asked = shelves.filter((_, index) => now.shelves.includes(index));
            const view = await postings.view(
              asked.map(({ id }) => id),
              now.terms,
            );
            const found = livingIn(view);
            expect(Object.keys(found).map(Number).sort()).toEqual(asked.map(({ id }) => id).sort());
            for (const { id, living } of asked) {
              expect(withoutEmpty(found[id] ?? {})).toEqual(livingAmong(living, now.terms));
            }
            continue;
          }
          const { id, living } = shelves[now.shelf] ?? expect.fail('no such shelf');
          if (now.what === 'retire') {
            const dying = living.splice(now.which % (living.length + 1), 2).map(({ item }) => item);
            await own.transaction((transaction) => postings.retire(transaction, id, dying));
            continue;
          }
          const texts = now.texts.map((each) => {
            items += 1;
            return { item: items, ...each };
          });
          if (now.commits) {
            await addTexts(postings, own, id, texts);
            living.push(...texts);
          } else {
            const rolledBack = own.transaction(async (transaction) => {
              await addTexts(postings, { ...own, transaction: (work) => work(transaction) }, id, texts);
              throw new Error('rolled back');
            });
            await expect(rolledBack).rejects.toThrow('rolled back');
          }
        }
      });
      await fc.assert(property, { numRuns: 30 });
    });
  });
}
