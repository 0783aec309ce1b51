import { describe, expect, it } from 'vitest';
import { openPostings } from './open.ts';
import type { Postings } from './port.ts';
import { addTexts, documentOf, livingAmong, livingIn, newShelf, type TwoDaemons } from './shelf.fixture.ts';

/** What several do at once, and what does not come to be. */
export function describeConcurrency(openBoth: () => TwoDaemons): void {
  describe('at once', () => {
    const itemsFound = async (postings: Postings, shelf: number, term: string): Promise<readonly number[]> =>
      (livingIn(await postings.view([shelf], [term]))[shelf]?.[term] ?? []).map(({ item }) => item);

    it('twenty write from two daemons, and nothing is lost: numbers have no gap, every text is found', async () => {
      const { database, elsewhere, here, there } = openBoth();
      const shelf = await newShelf(database);
      const texts = Array.from({ length: 40 }, (_, item) => ({ item, content: `shared words and own w${item}` }));
      const terms = ['share', 'word', ...texts.map(({ item }) => `w${item}`)];
      const numbers = await Promise.all(
        texts.map(async (text, index) => {
          if (index % 2 === 0) return [];
          // The readers read meanwhile.
          void there.view([shelf], terms.slice(index)).catch(() => undefined);
          return addTexts(index % 4 === 1 ? here : there, index % 4 === 1 ? database : elsewhere, shelf, [
            text,
            ...texts.slice(index - 1, index),
          ]);
        }),
      );
      expect(numbers.flat().sort((a, b) => a - b)).toEqual(texts.map((_, number) => number));
      for (const postings of [here, there, openPostings(database)]) {
        expect(livingIn(await postings.view([shelf], terms))[shelf]).toEqual(livingAmong(texts, terms));
      }
    });

    it('many ask when nothing is known yet, and each finds all once', async () => {
      const { database, here, there } = openBoth();
      const shelf = await newShelf(database);
      const texts = Array.from({ length: 30 }, (_, item) => ({ item, content: 'found once' }));
      await addTexts(here, database, shelf, texts);
      const found = await Promise.all(Array.from({ length: 10 }, () => itemsFound(there, shelf, 'found')));
      expect(found).toEqual(Array.from({ length: 10 }, () => texts.map(({ item }) => item)));
    });

    it('what is rolled back is never seen, neither meanwhile nor afterwards, and its number is given again', async () => {
      const { database, elsewhere, here, there } = openBoth();
      const shelf = await newShelf(database);
      await addTexts(here, database, shelf, [{ item: 1, content: 'kept for good' }]);
      const written = Promise.withResolvers<void>();
      const over = Promise.withResolvers<void>();
      const rolledBack = database.transaction(async (transaction) => {
        await here.retire(transaction, shelf, [1]);
        expect(await here.add(transaction, shelf, [documentOf({ item: 2, content: 'kept for nothing' })])).toEqual([1]);
        written.resolve();
        await over.promise;
        throw new Error('rolled back');
      });
      await written.promise;
      // On a server these look while it is open; on the embedded database they wait their turn.
      const meanwhile = Promise.all([here, there].map((postings) => postings.view([shelf], ['kept', 'noth'])));
      if (database.kind === 'postgres') await meanwhile;
      over.resolve();
      await expect(rolledBack).rejects.toThrow('rolled back');
      for (const view of [...(await meanwhile), await here.view([shelf], ['kept', 'noth'])]) {
        expect(livingIn(view)[shelf]).toMatchObject({ kept: [{ item: 1 }] });
        expect(view.shelves[0]).toMatchObject({ documents: { size: 1 }, dead: new Set() });
        expect([...(view.shelves[0]?.lists.keys() ?? [])]).toEqual(['kept']);
      }
      expect(await addTexts(there, elsewhere, shelf, [{ item: 3, content: 'kept instead' }])).toEqual([1]);
      for (const postings of [here, there]) expect(await itemsFound(postings, shelf, 'kept')).toEqual([1, 3]);
    });

    it('two move something between shelves in opposite directions, and neither fails', async () => {
      const { database, elsewhere, here, there } = openBoth();
      const [one, other] = [await newShelf(database), await newShelf(database)];
      await addTexts(here, database, one, [{ item: 1, content: 'moves' }]);
      await addTexts(here, database, other, [{ item: 2, content: 'moves' }]);
      const move = (postings: Postings, item: number, from: number, to: number): Promise<unknown> =>
        (postings === here ? database : elsewhere).transaction(async (transaction) => {
          await postings.lock(transaction, [from, to]);
          await postings.retire(transaction, from, [item]);
          await postings.add(transaction, to, [documentOf({ item, content: 'moves' })]);
        });
      for (let round = 0; round < 10; round += 1) {
        const [from, to] = round % 2 === 0 ? [one, other] : [other, one];
        await Promise.all([move(here, 1, from, to), move(there, 2, to, from)]);
      }
      expect(await itemsFound(there, one, 'move')).toEqual([1]);
      expect(await itemsFound(there, other, 'move')).toEqual([2]);
    });

    it('an item cannot live twice on one shelf', async () => {
      const { database, here } = openBoth();
      const shelf = await newShelf(database);
      await addTexts(here, database, shelf, [{ item: 1, content: 'alone' }]);
      await expect(addTexts(here, database, shelf, [{ item: 1, content: 'alone' }])).rejects.toMatchObject({
        code: 'database-statement-refused',
      });
      expect(await itemsFound(here, shelf, 'alon')).toEqual([1]);
    });

    it('with room for hardly anything in its cache, a daemon finds the same', async () => {
      const { database, here } = openBoth();
      const shelf = await newShelf(database);
      const small = openPostings(database, { cacheBytes: 2_000 });
      const texts = Array.from({ length: 60 }, (_, item) => ({
        item,
        content: `all of them t${item % 3} u${item % 5}`,
      }));
      const terms = ['all', 't0', 't1', 't2', 'u0', 'u1', 'u2', 'u3', 'u4'];
      for (let from = 0; from < texts.length; from += 20) {
        await addTexts(here, database, shelf, texts.slice(from, from + 20));
        for (const asked of [terms, terms.slice(4), terms]) {
          const view = await small.view([shelf], asked);
          expect(livingIn(view)[shelf]).toEqual(livingAmong(texts.slice(0, from + 20), asked));
        }
      }
    });

    it('a damaged block is told of and not kept: whole again, it is read again', async () => {
      const { database, here, there } = openBoth();
      const shelf = await newShelf(database);
      await addTexts(here, database, shelf, [{ item: 1, content: 'whole' }]);
      await there.view([shelf], ['whole']);
      await addTexts(here, database, shelf, [{ item: 2, content: 'whole' }]);
      const set = (change: string): Promise<unknown> =>
        database.query(`update castellan.posting set postings = ${change} where shelf = $1`, [shelf]);
      await set(`postings || '\\x00'`);
      for (const postings of [here, there]) {
        await expect(postings.view([shelf], ['whole'])).rejects.toMatchObject({ code: 'memory-index-damaged' });
      }
      await set('substring(postings for octet_length(postings) - 1)');
      for (const postings of [here, there]) expect(await itemsFound(postings, shelf, 'whole')).toEqual([1, 2]);
    });
  });
}
