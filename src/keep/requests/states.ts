import { type RequestState, requestStates } from '../../change/wire/secret.ts';

/**
 * The life of a request for a secret.
 *
 *  waiting ─ signed ─▶ signed ─ done ─▶ done
 *     │                   └─── failed ─▶ failed       it could not be done, or the keep ended while it was being done
 *     ├─ rejected ─▶ rejected     a human said no, in words
 *     ├─ expired ──▶ expired      nobody came
 *     ├─ withdrawn ▶ withdrawn    who asked wants it no more
 *     └─ failed ───▶ failed       the secret is another by now, so it can never be done as it was asked
 *
 * `signed` is written down before anything is asked of Vault, and whatever is found in it at a start is over: so nothing is shown
 * or written twice for one signature, and nothing is tried again without another.
 */
export type RequestEvent = Exclude<RequestState, 'waiting'>;

const steps: Readonly<Record<RequestState, readonly RequestEvent[]>> = {
  waiting: ['signed', 'rejected', 'expired', 'withdrawn', 'failed'],
  signed: ['done', 'failed'],
  done: [],
  rejected: [],
  expired: [],
  withdrawn: [],
  failed: [],
};

export const mayFollow = (from: RequestState, to: RequestState): boolean => steps[from].some((step) => step === to);

export const isOver = (state: RequestState): boolean => steps[state].length === 0;

export const openStates: readonly RequestState[] = requestStates.filter((state) => !isOver(state));
