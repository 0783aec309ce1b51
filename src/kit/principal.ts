import type { Effect } from './effect.ts';

/**
 * Who a call is made by. Derived from the socket or the token it came through, never from what a client says of
 * itself. `scopes` are the effects it may use.
 */
export interface Principal {
  /** `agent:<name>` */
  readonly agent: string;
  /** `human:<name>`, the person the agent acts for */
  readonly human: string;
  readonly via: 'socket' | 'token' | 'conformance';
  readonly scopes: readonly Effect[];
}

/** One stable string per principal: audit rows, rate limits and cursors are keyed by it. */
export function principalId(principal: Principal): string {
  return [principal.agent, principal.human, principal.via]
    .map((part) => part.replace(/[%/]/g, encodeURIComponent))
    .join('/');
}
