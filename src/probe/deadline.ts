/** Undefined: the deadline came first. For work that cannot be told to stop. */
export function raced<Value>(work: Promise<Value>, deadline: AbortSignal): Promise<Value | undefined> {
  if (deadline.aborted) return Promise.resolve(undefined);
  const late = Promise.withResolvers<undefined>();
  const stop = (): void => late.resolve(undefined);
  deadline.addEventListener('abort', stop, { once: true });
  return Promise.race([work, late.promise]).finally(() => deadline.removeEventListener('abort', stop));
}
