import { type ChangeState, holdingStates, mayStep } from '../../change/life/states.ts';
import type { StoredChange } from '../journal/change-table.ts';

/**
 * Changes of one patch.
 *
 *  pending   can still be taken back, whole
 *  begun     one of it was applied, or is: what becomes of the rest is follow-through's
 *  broken    one of it can be signed by nobody, so the others wait in vain
 */
const begun: ReadonlySet<ChangeState> = new Set([
  'applying',
  'applied',
  'partially-applied',
  'failed-clean',
  'interrupted',
  'verified',
  'failed-expectation',
  'landing-failed',
  'landed',
]);
const broken: ReadonlySet<ChangeState> = new Set(['blocked', 'plan-failed', 'denied']);
/** Beside what waits for the signature itself. */
const settled: ReadonlySet<ChangeState> = new Set([
  'no-changes',
  'approved',
  'applied',
  'verified',
  'landing-failed',
  'landed',
]);

export type EndOfSet = 'rejected' | 'withdrawn' | 'expired' | 'stale' | 'superseded';
export const endActors = {
  rejected: 'human',
  withdrawn: 'agent',
  expired: 'keep',
  stale: 'keep',
  superseded: 'keep',
} as const;

export function hasBegun(set: readonly StoredChange[]): boolean {
  return set.some(({ view }) => begun.has(view.state));
}

export function isBroken({ view }: StoredChange): boolean {
  return broken.has(view.state);
}

/** Those that an end of the whole set still ends. A failed expectation waits for its revert alone. */
export function pendingOf(set: readonly StoredChange[]): readonly StoredChange[] {
  return set.filter(({ view }) => mayStep(view.state, 'stale', 'keep'));
}

/** Whether anything of it waits for its stack, or has it. */
export function isAlive(set: readonly StoredChange[]): boolean {
  return set.some(({ view }) => view.state === 'draft' || holdingStates.includes(view.state));
}

/** Whether it takes up one of the few places a principal has: a `denied` one waits for nobody. */
export function isPending(set: readonly StoredChange[]): boolean {
  return pendingOf(set).some(({ view }) => view.state !== 'denied' && view.state !== 'approved');
}

export interface Readiness {
  /** What a signature would name, in the order it is applied. */
  readonly waiting: readonly StoredChange[];
  /** Why it cannot be signed, in words; undefined when it can. */
  readonly missing: string | undefined;
}

export function readinessOf(set: readonly StoredChange[], kind: 'approve' | 'break-glass'): Readiness {
  const signable: readonly ChangeState[] = kind === 'approve' ? ['awaiting-approval'] : ['awaiting-approval', 'denied'];
  const waiting = set.filter(({ view }) => signable.includes(view.state));
  const others = set.filter(({ view }) => !signable.includes(view.state) && !settled.has(view.state));
  const missing =
    others.length > 0
      ? others.map(({ view }) => `${view.id} on ${view.stack} is ${view.state}`).join(', ')
      : waiting.length === 0
        ? 'nothing of it waits for a signature'
        : undefined;
  return { waiting, missing };
}

/** Oldest first, each whole as far as it was given. */
export function bySet(changes: readonly StoredChange[]): readonly (readonly StoredChange[])[] {
  return [...Map.groupBy(changes, ({ view }) => view.set).values()];
}
