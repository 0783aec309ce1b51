import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { describeCompaction } from './compaction.contract.ts';
import { describeConcurrency } from './concurrency.contract.ts';
import { describeLikeness } from './likeness.contract.ts';
import { openPostings } from './open.ts';
import { describeRandomHistories } from './random-histories.contract.ts';
import { addTexts, documentOf, livingAmong, livingIn, newShelf, type Text, type TwoDaemons } from './shelf.fixture.ts';

/** The index as one daemon sees it and as another does, run on the embedded database (one for both) and on a real server. */
export function describePostings(name: string, open: () => Promise<readonly [Database, Database]>): void {
  describe(`postings on ${name}`, () => {
    let databases: readonly [Database, Database];
    beforeAll(async () => {
      databases = await open();
      await migrate(databases[0], { build: 'test' });
    }, 60_000);
    afterAll(async () => {
      for (const database of databases) await database[Symbol.asyncDispose]();
    });
    const openBoth = (): TwoDaemons => {
      const [database, elsewhere] = databases;
      return { database, elsewhere, here: openPostings(database), there: openPostings(elsewhere) };
    };

    describeFinding(openBoth);
    describeConcurrency(openBoth);
    describeCompaction(openBoth);
    describeLikeness(openBoth);
    describeRandomHistories(openBoth);
  });
}

function describeFinding(openBoth: () => TwoDaemons): void {
  describe('finding', () => {
    const texts: readonly Text[] = [
      { item: 11, content: 'Traefik drops websockets', keywords: 'ingress websockets', session: 'evening', seq: 1 },
      { item: 12, content: 'websockets need sticky sessions, and websockets again', session: 'evening', seq: 2 },
      { item: 13, content: 'Grafana sits behind Traefik' },
    ];
    const terms = ['traefik', 'websocket', 'ingress', 'grafana', 'nowhere'];

    it('are found by every term, with how often and where it stands', async () => {
      const { here, database } = openBoth();
      const shelf = await newShelf(database);
      expect(await addTexts(here, database, shelf, texts)).toEqual([0, 1, 2]);
      const view = await here.view([shelf], terms);
      expect(livingIn(view)[shelf]).toEqual(livingAmong(texts, terms));
      expect(livingIn(view)[shelf]?.['websocket']).toEqual([
        { item: 11, inKeywords: 1, positions: [2] },
        { item: 12, inKeywords: 0, positions: [0, 4] },
      ]);
      expect(view.shelves[0]?.lists.has('nowhere')).toBe(false);
    });

    it('come with their documents: lengths, sessions and their order', async () => {
      const { here, database } = openBoth();
      const shelf = await newShelf(database);
      await addTexts(here, database, shelf, texts);
      const [found] = (await here.view([shelf], [])).shelves;
      if (found === undefined) return expect(found).toBeDefined();
      const { documents } = found;
      expect(documents.size).toBe(3);
      expect([...documents.items.subarray(0, 3)]).toEqual([11, 12, 13]);
      expect([...documents.contentLengths.subarray(0, 3)]).toEqual([3, 5, 4]);
      expect([...documents.keywordLengths.subarray(0, 3)]).toEqual([2, 0, 0]);
      expect([...documents.sessions.subarray(0, 3)].map((at) => documents.sessionNames[at])).toEqual([
        'evening',
        'evening',
        undefined,
      ]);
      expect([...documents.seqs.subarray(0, 3)]).toEqual([1, 2, -(2 ** 31)]);
    });

    it('of other shelves are not there, however alike', async () => {
      const { here, database } = openBoth();
      const [mine, ours, theirs] = [await newShelf(database), await newShelf(database), await newShelf(database)];
      await addTexts(here, database, mine, texts.slice(0, 1));
      await addTexts(here, database, ours, texts.slice(1, 2));
      await addTexts(here, database, theirs, texts.slice(2));
      const view = await here.view([mine, ours], terms);
      expect(view.shelves.map(({ shelf }) => shelf).sort()).toEqual([mine, ours].sort());
      expect(livingIn(view)).toEqual({
        [mine]: livingAmong(texts.slice(0, 1), terms),
        [ours]: livingAmong(texts.slice(1, 2), terms),
      });
      expect(await here.view([], terms)).toEqual({ shelves: [] });
      expect(await here.view([2 ** 30], terms)).toEqual({ shelves: [] });
    });

    it('are seen by another daemon as soon as they are committed, and what it was shown before stays as it was', async () => {
      const { here, there, database, elsewhere } = openBoth();
      const shelf = await newShelf(database);
      await addTexts(here, database, shelf, texts.slice(0, 1));
      const before = await there.view([shelf], terms);
      const seen = livingIn(before);
      await addTexts(here, elsewhere, shelf, texts.slice(1));
      await elsewhere.transaction((transaction) => there.retire(transaction, shelf, [11]));
      for (const postings of [here, there]) {
        expect(livingIn(await postings.view([shelf], terms))[shelf]).toMatchObject(livingAmong(texts.slice(1), terms));
      }
      expect(livingIn(before)).toEqual(seen);
      expect(before.shelves[0]?.documents.size).toBe(1);
      expect(before.shelves[0]?.dead.size).toBe(0);
    });

    it('of several blocks, appended at once and one by one, are all there', async () => {
      const { here, there, database, elsewhere } = openBoth();
      const shelf = await newShelf(database);
      const many = Array.from({ length: 2_100 }, (_, item) => ({ item, content: `entry number n${item % 7} of all` }));
      expect((await addTexts(here, database, shelf, many.slice(0, 2_045))).at(-1)).toBe(2_044);
      const asked = ['entri', 'n3', 'n6'];
      for (let from = 2_045; from < many.length; from += 5) {
        await addTexts(from % 2 === 0 ? here : there, database, shelf, many.slice(from, from + 5));
        const view = await there.view([shelf], from % 3 === 0 ? asked : asked.slice(1));
        expect(livingIn(view)[shelf]?.['n3']).toEqual(livingAmong(many.slice(0, from + 5), asked)['n3']);
      }
      expect(livingIn(await there.view([shelf], asked))[shelf]).toEqual(livingAmong(many, asked));
      expect(livingIn(await openPostings(elsewhere).view([shelf], asked))[shelf]).toEqual(livingAmong(many, asked));
    });

    it('that were retired are dead for everybody; unknown and dead ones are passed over', async () => {
      const { here, there, database } = openBoth();
      const shelf = await newShelf(database);
      const other = await newShelf(database);
      await addTexts(here, database, shelf, texts);
      await addTexts(here, database, other, texts);
      await there.view([shelf, other], terms);
      for (const items of [[12, 99], [12], [], [11, 12]]) {
        await database.transaction((transaction) => here.retire(transaction, shelf, items));
      }
      await database.transaction((transaction) => here.retire(transaction, 2 ** 30, [11]));
      const view = await there.view([shelf, other], terms);
      const dead = new Map(view.shelves.map((found) => [found.shelf, [...found.dead].sort()]));
      expect(dead).toEqual(
        new Map([
          [shelf, [0, 1]],
          [other, []],
        ]),
      );
      expect(livingIn(view)[shelf]?.['traefik']).toEqual(livingAmong(texts.slice(2), terms)['traefik']);
      expect(livingIn(view)[other]).toEqual(livingAmong(texts, terms));
    });

    it('of a changed entry are the new ones, under a new number', async () => {
      const { here, there, database } = openBoth();
      const shelf = await newShelf(database);
      await addTexts(here, database, shelf, texts);
      const changed = { item: 12, content: 'long polling does it too' };
      await database.transaction(async (transaction) => {
        await here.retire(transaction, shelf, [12]);
        expect(await here.add(transaction, shelf, [documentOf(changed)])).toEqual([3]);
      });
      const view = await there.view([shelf], [...terms, 'poll']);
      expect(livingIn(view)[shelf]).toMatchObject({ poll: [{ item: 12 }], websocket: [{ item: 11 }] });
    });
  });
}
