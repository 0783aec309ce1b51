import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Work in the background: however often it is woken while it runs, it runs once more. In between it rests, twenty times as
 * long as it looked for something to do: who is woken by each store on a big shelf would do nothing else.
 */
export interface Waker extends AsyncDisposable {
  wake(): void;
  /** Wakes it in so many milliseconds, unless it is woken before. */
  later(ms: number): void;
}

const restPerLook = 20;

/** `work` does not reject; it tells for how many milliseconds it kept the database busy with looking. */
export function createWaker(work: () => Promise<number>): Waker {
  // Who wakes may be inside a transaction, and the work is not part of it.
  const outside = AsyncLocalStorage.snapshot();
  let wanted = false;
  let ended = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let rest: { readonly over: () => void } | undefined;

  const resting = async (ms: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const alarm = setTimeout(resolve, ms).unref();
    rest = { over: resolve };
    await promise;
    clearTimeout(alarm);
    rest = undefined;
  };

  const run = async (): Promise<void> => {
    while (wanted && !ended) {
      wanted = false;
      await resting((await work()) * restPerLook);
    }
    running = undefined;
  };

  const wake = (): void => {
    if (ended) return;
    wanted = true;
    clearTimeout(timer);
    running ??= outside(run);
  };

  return {
    wake,
    later(ms) {
      clearTimeout(timer);
      if (!ended) timer = setTimeout(wake, ms).unref();
    },
    async [Symbol.asyncDispose]() {
      ended = true;
      clearTimeout(timer);
      rest?.over();
      await running;
    },
  };
}
