import { describe, expect, it } from 'vitest';
import { addTexts, documentOf, livingAmong, livingIn, newShelf, type Text, type TwoDaemons } from './shelf.fixture.ts';

function heldBy(texts: readonly Text[]): readonly string[] {
  return texts.flatMap((text) => documentOf(text).content.terms.map((term) => term.text));
}

/** The dead are taken out, the living get new numbers, and who knew the old ones notices. */
export function describeCompaction(openBoth: () => TwoDaemons): void {
  describe('compaction', () => {
    const texts = Array.from({ length: 1_300 }, (_, item) => ({
      item,
      content: `entry of kind k${item % 11} ${item === 40 ? 'forgotten' : 'remembered'} well`,
      keywords: item % 50 === 0 ? 'k1 fifty' : '',
      ...(item % 2 === 0 ? { session: `s${item % 5}`, seq: item } : {}),
    }));
    const terms = ['entri', 'k1', 'k10', 'forgotten', 'fifti'];
    const dying = texts.filter(({ item }) => item % 3 === 1);
    const living = texts.filter(({ item }) => item % 3 !== 1);

    it('changes nothing of what is found, for a daemon that knew the old numbers too', async () => {
      const { database, elsewhere, here, there } = openBoth();
      const shelf = await newShelf(database);
      const other = await newShelf(database);
      await addTexts(here, database, shelf, texts);
      await addTexts(here, database, other, texts.slice(0, 5));
      const before = await there.view([shelf, other], terms);
      const seen = livingIn(before);
      await database.transaction((transaction) =>
        here.retire(
          transaction,
          shelf,
          dying.map(({ item }) => item),
        ),
      );
      expect(await there.like([shelf], 'forgoten', 1)).toMatchObject([{ term: 'forgotten' }]);
      expect(await here.compact(shelf)).toBe(true);
      expect(await here.compact(shelf)).toBe(false);

      for (const postings of [there, here]) {
        const view = await postings.view([shelf, other], terms);
        expect(livingIn(view)).toEqual({
          [shelf]: livingAmong(living, terms),
          [other]: livingAmong(texts.slice(0, 5), terms),
        });
        const found = view.shelves.find((each) => each.shelf === shelf);
        expect(found?.documents.size).toBe(living.length);
        expect(found?.dead.size).toBe(0);
        expect([...(found?.documents.items.subarray(0, living.length) ?? [])]).toEqual(living.map(({ item }) => item));
        expect(found?.documents.seqs[2]).toBe(-(2 ** 31));
        // Nothing of a word that only the dead held is left, in whatever way it is asked for.
        expect(found?.lists.has('forgotten')).toBe(false);
        expect(await postings.like([shelf], 'forgoten', 1)).toEqual([]);
      }
      expect(livingIn(before)).toEqual(seen);

      // And it goes on from there, across the end of a block.
      const more = Array.from({ length: 200 }, (_, at) => ({ item: 5_000 + at, content: 'entry that came later' }));
      expect((await addTexts(there, elsewhere, shelf, more))[0]).toBe(living.length);
      await database.transaction((transaction) => here.retire(transaction, shelf, [0, 5_001]));
      const left = [...living, ...more].filter(({ item }) => item !== 0 && item !== 5_001);
      for (const postings of [there, here]) {
        expect(livingIn(await postings.view([shelf], terms))[shelf]).toEqual(livingAmong(left, terms));
      }
    });

    it('is not done for a few', async () => {
      const { database, here } = openBoth();
      const shelf = await newShelf(database);
      await addTexts(here, database, shelf, texts.slice(0, 300));
      const retire = (from: number, to: number): Promise<void> =>
        database.transaction((transaction) =>
          here.retire(
            transaction,
            shelf,
            texts.slice(from, to).map(({ item }) => item),
          ),
        );
      await retire(0, 256);
      expect(await here.compact(shelf)).toBe(false);
      expect(await here.compact(shelf, { force: true })).toBe(true);
      expect(await here.compact(shelf, { force: true })).toBe(false);
      expect(livingIn(await here.view([shelf], terms))[shelf]).toEqual(livingAmong(texts.slice(256, 300), terms));
      await addTexts(here, database, shelf, texts.slice(0, 256));
      await retire(0, 257);
      expect(await here.compact(shelf)).toBe(true);
      expect(await here.compact(2 ** 30)).toBe(false);
      expect(livingIn(await here.view([shelf], terms))[shelf]).toEqual(livingAmong(texts.slice(257, 300), terms));
    });

    it('of a shelf on which all died leaves nothing', async () => {
      const { database, here, there } = openBoth();
      const shelf = await newShelf(database);
      await addTexts(here, database, shelf, texts.slice(0, 300));
      await there.view([shelf], terms);
      await database.transaction((transaction) =>
        here.retire(
          transaction,
          shelf,
          texts.map(({ item }) => item),
        ),
      );
      expect(await here.compact(shelf)).toBe(true);
      const view = await there.view([shelf], terms);
      expect(view.shelves).toMatchObject([{ documents: { size: 0 }, dead: new Set(), lists: new Map() }]);
      for (const table of ['document', 'posting', 'vocabulary']) {
        expect(await database.query(`select from castellan.${table} where shelf = $1`, [shelf])).toEqual([]);
      }
    });

    it('of more lists than are rewritten at once leaves none out', async () => {
      const { database, here, there } = openBoth();
      const shelf = await newShelf(database);
      const many = Array.from({ length: 600 }, (_, item) => ({
        item,
        content: `all ${Array.from({ length: 40 }, (__, nth) => `x${(item * 40 + nth).toString(36)}`).join(' ')}`,
      }));
      const left = many.filter(({ item }) => item % 2 === 0);
      await addTexts(here, database, shelf, many);
      await database.transaction((transaction) =>
        here.retire(
          transaction,
          shelf,
          many.filter(({ item }) => item % 2 === 1).map(({ item }) => item),
        ),
      );
      expect(await here.compact(shelf)).toBe(true);
      const every = ['all', ...Array.from({ length: 24_000 }, (_, nth) => `x${nth.toString(36)}`)];
      expect(livingIn(await there.view([shelf], every))[shelf]).toEqual(livingAmong(left, ['all', ...heldBy(left)]));
    });

    it('while others read and write loses nothing, and shows nobody half of it', async () => {
      const { database, elsewhere, here, there } = openBoth();
      const shelf = await newShelf(database);
      await addTexts(here, database, shelf, texts);
      await database.transaction((transaction) =>
        here.retire(
          transaction,
          shelf,
          dying.map(({ item }) => item),
        ),
      );
      const more = Array.from({ length: 20 }, (_, at) => ({ item: 9_000 + at, content: 'entry meanwhile' }));
      let compacting = true;
      const reading = (async () => {
        while (compacting) {
          const found = livingIn(await there.view([shelf], ['entri', 'k10']))[shelf];
          expect(found?.['entri']?.length).toBeGreaterThanOrEqual(living.length);
          expect(found?.['k10']).toEqual(livingAmong(living, ['k10'])['k10']);
        }
      })();
      const writing = (async () => {
        for (const text of more) {
          await elsewhere.transaction((transaction) => there.add(transaction, shelf, [documentOf(text)]));
        }
      })();
      expect(await here.compact(shelf)).toBe(true);
      await writing;
      compacting = false;
      await reading;
      for (const postings of [there, here]) {
        const view = await postings.view([shelf], terms);
        expect(livingIn(view)[shelf]).toEqual(livingAmong([...living, ...more], terms));
        expect(view.shelves[0]).toMatchObject({ documents: { size: living.length + more.length }, dead: new Set() });
      }
    });
  });
}
