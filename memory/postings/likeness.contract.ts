import { describe, expect, it } from 'vitest';
import { addTexts, newShelf, type TwoDaemons } from './shelf.fixture.ts';

/** What a mistyped word is taken for. */
export function describeLikeness(openBoth: () => TwoDaemons): void {
  describe('words that are like another', () => {
    it('are of these shelves only, the most alike first, and of about the same length', async () => {
      const { database, here, there } = openBoth();
      const [mine, ours, theirs] = [await newShelf(database), await newShelf(database), await newShelf(database)];
      await addTexts(here, database, mine, [{ item: 1, content: 'traefik ingress', keywords: 'grafana' }]);
      await addTexts(here, database, ours, [{ item: 2, content: 'traefik trafficking traffic' }]);
      await addTexts(here, database, theirs, [{ item: 3, content: 'traefix graphana' }]);

      const like = await there.like([mine, ours], 'traefic', 5);
      expect(like.map(({ term }) => term)).toEqual(['traefik', 'traffic']);
      expect(like[0]?.likeness).toBeGreaterThan(like[1]?.likeness ?? 1);
      for (const { likeness } of like) expect(likeness).toBeGreaterThanOrEqual(0.35);
      expect(await there.like([mine, ours], 'traefic', 1)).toEqual(like.slice(0, 1));
      expect((await there.like([mine], 'grafna', 3)).map(({ term }) => term)).toEqual(['grafana']);
      expect(await there.like([ours], 'grafna', 3)).toEqual([]);
      expect(await there.like([], 'grafna', 3)).toEqual([]);
    });

    it('are none of a short word, an identifier or anything else that is no word', async () => {
      const { database, here } = openBoth();
      const shelf = await newShelf(database);
      await addTexts(here, database, shelf, [{ item: 1, content: 'pod 192.0.2.7 node-17 E4217' }]);
      for (const word of ['pop', '192.0.2.8', 'node-18', 'e4218', '', '%', "'"]) {
        expect(await here.like([shelf], word, 3)).toEqual([]);
      }
    });

    it('are of any script', async () => {
      const { database, here } = openBoth();
      const shelf = await newShelf(database);
      await addTexts(here, database, shelf, [{ item: 1, content: 'резервная копия' }]);
      expect((await here.like([shelf], 'резерная', 3)).map(({ term }) => term)).toEqual(['резервная']);
    });
  });
}
