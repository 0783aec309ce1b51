/** Waits for work that others wait for too: leaving early leaves it running for them. */
export async function untilSettledOr<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([stopped.promise, work]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

const ticks = 20;

/**
 * Ends after so many milliseconds in which this process was awake. While a database opens it may stand still for seconds, and Vault's
 * answer lies there unread: that is no fault of Vault's, so a standstill counts as one tick.
 */
export function awakeDeadline(ms: number): { readonly signal: AbortSignal } & Disposable {
  const ending = new AbortController();
  let left = ticks;
  const timer = setInterval(() => {
    left -= 1;
    if (left === 0) ending.abort(new DOMException('it took too long', 'TimeoutError'));
  }, ms / ticks).unref();
  return { signal: ending.signal, [Symbol.dispose]: () => clearInterval(timer) };
}
