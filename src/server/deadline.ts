import { CastellanError, defineErrors } from '../kit/index.ts';

/** How long a call may take: clients give up after a minute. */
export const callDeadlineMs = 45_000;

const deadlineError = defineErrors({
  'call-cancelled': { audience: 'agent', meaning: 'The client cancelled the call, or the daemon is shutting down.' },
  'deadline-exceeded': {
    audience: 'agent',
    meaning: 'The call took longer than it may (a tool 45 seconds, a command 10 minutes) and was stopped.',
  },
});

/** True for an error that says a call was stopped, not that it failed. */
export function wasStopped({ code }: CastellanError): boolean {
  return code === 'call-cancelled' || code === 'deadline-exceeded';
}

/** The caller's signal, the deadline and the work's own pace: whichever ends first. Work that ignores its signal is left behind. */
export async function underDeadline<Result>(
  what: string,
  { caller, deadlineMs }: { readonly caller: AbortSignal; readonly deadlineMs: number },
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const deadline = AbortSignal.timeout(deadlineMs);
  const signal = AbortSignal.any([caller, deadline]);
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => {
    stopped.reject(
      deadline.aborted
        ? deadlineError('deadline-exceeded', {
            message: `${what} did not finish within ${deadlineMs / 1000} s`,
            next: 'narrow the call (namespace, selector, a shorter window), or ask for a smaller budget',
          })
        : deadlineError('call-cancelled', {
            message: `${what} was cancelled`,
            next: 'call again if it is still wanted',
          }),
    );
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([stopped.promise, work(signal)]);
  } catch (error) {
    // The work's own complaint about its aborted request is not the reason: the cancellation is.
    if (signal.aborted && !(error instanceof CastellanError)) return await stopped.promise;
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
