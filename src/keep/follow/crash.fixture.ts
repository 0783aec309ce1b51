import type { Pass, World } from './follow.fixture.ts';

/**
 * A keep that dies at the nth thing it waits for.
 *
 *  before   what it asked for never happened
 *  after    it happened, and the keep never heard of it
 *  throws   it failed, once, and the keep lives on
 */
export type Death = 'before' | 'after' | 'throws';

/** Runs a keep until it is idle or dead; gives whether it came to the nth thing at all. */
export async function runAndDie(world: World, at: number, death: Death): Promise<boolean> {
  const died = Promise.withResolvers<void>();
  const never = new Promise<never>(() => undefined);
  let count = 0;
  let dead = false;
  const die = (): Promise<never> => {
    dead = true;
    died.resolve();
    return never;
  };
  const pass: Pass = async (work) => {
    if (dead) return never;
    count += 1;
    const isHere = count === at;
    if (isHere && death === 'before') return die();
    if (isHere && death === 'throws') throw new Error('it failed, once');
    const result = await work();
    // What a dead keep asked for before it died may still happen; it hears of nothing.
    if (dead) return never;
    return isHere ? die() : result;
  };
  const live = async (): Promise<void> => {
    const keep = await world.open(pass);
    await keep.idle();
    // A hiccup is over: the next look finds what was left.
    for (let looks = 0; looks < 3; looks++) {
      keep.wake();
      await keep.idle();
    }
    await keep[Symbol.asyncDispose]();
  };
  const living = live().catch((error: unknown) => {
    // Opening it failed: this keep did not start, and the next one will.
    if (death !== 'throws') throw error;
  });
  await Promise.race([living, died.promise]);
  return count >= at;
}
