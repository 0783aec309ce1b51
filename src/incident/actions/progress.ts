import type { Action, ActionStatus, Verified } from '../action.ts';
import type { ActionChange } from '../record/port.ts';

/**
 * What a look does to an action.
 *
 *              pass       fail        unknown
 *  open        landed     –           –
 *  in-progress landed     –           –
 *  landed      –          regressed   –
 *  regressed   landed     –           –
 *  dropped     –          –           –
 *
 * Nobody is told that something regressed because it could not be asked, and nobody takes back what was dropped.
 */
export function statusAfter(status: ActionStatus, result: Verified['result']): ActionStatus {
  if (status === 'dropped' || result === 'unknown') return status;
  if (result === 'pass') return 'landed';
  return status === 'landed' ? 'regressed' : status;
}

/** After so long the same result is written again, so that it is seen how old it is. */
const writtenAgainMs = 7 * 86_400_000;

/** What is to be recorded of a look; undefined: it says nothing new. */
export function recordedAfter(action: Action, seen: Verified): ActionChange | undefined {
  const status = statusAfter(action.status, seen.result);
  const { verified } = action;
  const isNew =
    verified === undefined ||
    verified.result !== seen.result ||
    seen.at.getTime() - verified.at.getTime() >= writtenAgainMs;
  if (status === action.status) return isNew ? { verified: seen } : undefined;
  return { status, verified: seen };
}
