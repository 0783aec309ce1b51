import { setTimeout as wait } from 'node:timers/promises';
import { expectationText, type Look, unmeasured } from '../../change/expect/look.ts';
import type { Expectation, ExpectationResult } from '../../change/expect/predicates.ts';

/**
 * Looks again and again until what is expected holds, or its time is over.
 *
 *  holds   on two looks that follow each other, some seconds apart: one good moment of a thing that flaps is none
 *  time    `within` of each, all of them watched at once, and never more than a quarter of an hour together
 */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Rejects with the signal's reason. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await wait(ms, undefined, { signal }).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error;
    });
  },
};

const everyMs = 5_000;
const longestMs = 900_000;
const lookMs = 10_000;

interface Watching {
  look(expected: Expectation, signal: AbortSignal): Promise<Look>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export async function watchAll(
  expected: readonly Expectation[],
  watching: Watching,
): Promise<readonly ExpectationResult[]> {
  const { signal } = watching;
  signal.throwIfAborted();
  const end = watching.clock.now() + longestMs;
  // One that throws, which only a fault does, ends the others too.
  const broken = new AbortController();
  const all = { ...watching, signal: AbortSignal.any([signal, broken.signal]) };
  return Promise.all(
    expected.map((one) =>
      watchOne(one, end, all).catch((error: unknown) => {
        broken.abort(error);
        throw signal.aborted ? signal.reason : error;
      }),
    ),
  );
}

async function watchOne(expected: Expectation, end: number, watching: Watching): Promise<ExpectationResult> {
  const { clock, signal } = watching;
  const until = Math.min(end - everyMs, clock.now() + expected.within * 1_000);
  let heldBefore = false;
  for (;;) {
    const found = await lookOnce(expected, end, watching);
    const held = found.result === 'pass';
    // What holds in time is looked at once more, even if that is a moment after it.
    const left = until - clock.now();
    const isLast = held ? heldBefore : left <= 0;
    if (isLast) return resultOf(expected, found, clock);
    heldBefore = held;
    await clock.sleep(held ? everyMs : Math.min(everyMs, left), signal);
  }
}

/** A look that takes longer than all the time there is says nothing. */
async function lookOnce(expected: Expectation, end: number, { look, clock, signal }: Watching): Promise<Look> {
  const looked = new AbortController();
  const late = AbortSignal.any([signal, looked.signal]);
  const timer = setTimeout(() => looked.abort(), Math.max(0, Math.min(lookMs, end - clock.now())));
  try {
    return await look(expected, late);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (!looked.signal.aborted) throw error;
    return unmeasured(`it could not be looked at within ${lookMs / 1_000} s`);
  } finally {
    clearTimeout(timer);
  }
}

function resultOf(expected: Expectation, { result, detail }: Look, clock: Clock): ExpectationResult {
  return { what: expectationText(expected), result, detail, at: new Date(clock.now()).toISOString() };
}
