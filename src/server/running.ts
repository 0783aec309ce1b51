import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** What is under way, so that a shutdown lets it end and an idle daemon knows that it is not. */
export interface Running {
  /** Counts `work` until it has ended, however it does. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Resolves when nothing runs any more, or when `mostMs` have passed: true and false. */
  settled(mostMs: number): Promise<boolean>;
}

export function createRunning(onChange: (change: 1 | -1) => void = () => undefined): Running {
  let count = 0;
  let nothingRuns = Promise.withResolvers<void>();
  nothingRuns.resolve();

  return {
    during: async (work) => {
      if (count === 0) nothingRuns = Promise.withResolvers();
      count += 1;
      onChange(1);
      try {
        return await work();
      } finally {
        count -= 1;
        onChange(-1);
        if (count === 0) nothingRuns.resolve();
      }
    },
    settled: async (mostMs) => {
      const late = new AbortController();
      await Promise.race([
        nothingRuns.promise,
        sleep(mostMs, undefined, { signal: late.signal }).catch(() => undefined),
      ]);
      late.abort();
      // Whoever waited for the work writes its answer in this turn.
      await nextTurn();
      return count === 0;
    },
  };
}
