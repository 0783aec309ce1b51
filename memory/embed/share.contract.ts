import { describe, expect, it } from 'vitest';
import { constant, lovesJunk, type Meaning, random } from './embedder.fixture.ts';
import { riddles, wise } from './riddles.fixture.ts';
import { type DenseScene, model, untilState, whenReady } from './scene.fixture.ts';

/** An embedder gets the part of a score that it earns on the store's own entries, and a bad one gets none. */
export function describeShare(scene: DenseScene): void {
  describe('gives the dense leg the share it earns', () => {
    const shareWith = async (meaning: Meaning, contents: readonly string[] = riddles): Promise<number> => {
      const shelf = await scene.rows.shelf('human:robin');
      await scene.rows.memories(shelf, contents);
      scene.server.models.set(model, meaning);
      const leg = scene.dense();
      expect(await whenReady(leg)).toMatchObject({ calibratedOn: contents.length });
      return leg.share();
    };

    it('much, when it knows what words mean', async () => {
      expect(await shareWith(wise)).toBeGreaterThan(0);
    });

    it.each([
      ['is random', random],
      ['is constant', constant],
      ['loves junk', lovesJunk],
    ])('none, when it %s', async (_, meaning) => {
      const plain = riddles.map(
        (riddle, number) => `${riddle} ${number % 3 === 0 ? 'junk' : 'thing'}${number}. ${riddle}`,
      );
      expect(await shareWith(meaning, plain)).toBe(0);
    });

    it('none, when words find it all already', async () => {
      expect(
        await shareWith(
          wise,
          riddles.map((riddle, number) => `name${number} ${riddle}. ${riddle} name${number}`),
        ),
      ).toBe(0);
    });

    it('none, while there is too little to measure it on; again when there is twice as much', async () => {
      const shelf = await scene.rows.shelf('human:robin');
      await scene.rows.memories(shelf, riddles.slice(0, 10));
      const leg = scene.dense();
      expect(await whenReady(leg)).toMatchObject({ share: 0, calibratedOn: undefined });
      await scene.rows.memories(shelf, riddles.slice(10, 30));
      leg.wake();
      await untilState(leg, ({ calibratedOn }) => calibratedOn === 30);
      await scene.rows.memories(shelf, riddles.slice(30, 59));
      leg.wake();
      await untilState(leg, ({ embedded }) => embedded === 59);
      expect((await leg.standing()).calibratedOn).toBe(30);
      await scene.rows.memories(shelf, riddles.slice(59));
      leg.wake();
      await untilState(leg, ({ calibratedOn }) => calibratedOn === 64);
    });
  });
}
