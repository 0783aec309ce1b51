import { describe, expect, it } from 'vitest';
import type { Mood } from './embedder.fixture.ts';
import { riddles } from './riddles.fixture.ts';
import { type DenseScene, type Logged, untilState, whenReady } from './scene.fixture.ts';

/** Whatever an endpoint does, recall goes on without it, and nothing it was sent or told shows anywhere. */
export function describeMoods(scene: DenseScene): void {
  describe('whatever the endpoint does', () => {
    it.each<Mood>([
      'hanging',
      'broken',
      'overloaded',
      'redirecting',
      'huge',
      'not-json',
      'nan',
      'null',
      'zero',
      'too-few',
      'forbidden',
    ])('goes on without an endpoint that is %s, and comes back with it', async (mood) => {
      const shelf = await scene.rows.shelf('human:robin');
      const id = await scene.rows.memory(shelf, riddles[0] ?? '');
      let clock = Date.now();
      const log: Logged[] = [];
      const key = 'sk-canary-of-a-key';
      const leg = scene.dense({ now: () => new Date(clock), log, embedding: { apiKey: () => key } });
      await whenReady(leg);
      scene.server.mood = mood;
      await scene.rows.memory(shelf, riddles[1] ?? '');
      for (let asked = 0; asked < 4; asked += 1) expect(await scene.found(leg, 'anything', [shelf])).toBeUndefined();
      leg.wake();
      const away = await untilState(leg, ({ state }) => state === 'away');
      expect(away.reason).toMatch(/^the embedding endpoint: its? /);
      expect(JSON.stringify([away, log.map(({ fields }) => fields)])).not.toMatch(/canary/);
      scene.server.mood = 'well';
      clock += 600_000;
      leg.wake();
      await whenReady(leg);
      expect(await scene.found(leg, riddles[0] ?? '', [shelf], 1)).toEqual([id]);
    });
  });
}
