/** Resolves with the event, when the time is over, or when whoever asked has left. */
export async function within(event: Promise<void>, ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const left = (): void => resolve();
  signal?.addEventListener('abort', left, { once: true });
  try {
    await Promise.race([event, promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', left);
  }
}
