import { isOver, mayStep, waitingStates } from '../../change/life/states.ts';
import type { ChangeView } from '../../change/wire/change.ts';
import type { RiskLevel } from '../../change/wire/run.ts';

/** Changes that are signed together, in their order. */
export interface ChangeSet {
  readonly set: string;
  readonly changes: ChangeView[];
}

/**
 *  waiting    for a human, in any of its changes
 *  troubled   something of it went wrong and is not over
 *  under-way  it goes on by itself, or queues
 *  over       nothing can happen to it any more
 */
export type Standing = 'waiting' | 'troubled' | 'under-way' | 'over';

export function standingOf({ changes }: ChangeSet, isLeased: (change: ChangeView) => boolean): Standing {
  if (changes.some((change) => isTroubled(change, isLeased(change)))) return 'troubled';
  if (changes.some(({ state }) => waitingStates.includes(state))) return 'waiting';
  return changes.every(({ state }) => isOver(state)) ? 'over' : 'under-way';
}

function isTroubled({ state }: ChangeView, isLeased: boolean): boolean {
  if (state === 'interrupted') return isLeased;
  return state === 'landing-failed' || state === 'failed-expectation';
}

/** Whoever signs the worst types which stack it is that it happens to. */
export function typedNameOf(changes: readonly ChangeView[]): string | undefined {
  return changes.find(({ summary }) => isCritical(summary?.risk.level))?.stack;
}

function isCritical(level: RiskLevel | undefined): boolean {
  return level === 'critical' || level === 'deny';
}

/** Something of it has not begun to be applied; what has is left as it is. */
export function canBeRejected(changes: readonly ChangeView[]): boolean {
  return changes.some(({ state }) => mayStep(state, 'rejected', 'human'));
}

const revertible: readonly ChangeView['state'][] = ['failed-expectation', 'partially-applied', 'interrupted'];

/** It was applied, at least in part, and is not what it should be. */
export function canBeReverted({ state }: ChangeView): boolean {
  return revertible.includes(state);
}

/** Reverts of what failed first, then what an incident waits for, then by when they expire; denied ones last. */
export function byUrgency(one: ChangeSet, other: ChangeSet): number {
  const [a, b] = [urgencyOf(one), urgencyOf(other)];
  return a.rank - b.rank || a.expires.localeCompare(b.expires) || one.set.localeCompare(other.set);
}

function urgencyOf({ changes }: ChangeSet): { readonly rank: number; readonly expires: string } {
  const expires = changes.flatMap(({ expiresAt }) => expiresAt ?? []).sort()[0] ?? '9999';
  if (changes.some(({ state }) => state === 'denied')) return { rank: 3, expires };
  if (changes.some(({ reverts }) => reverts !== undefined)) return { rank: 0, expires };
  return { rank: changes.some(({ incident }) => incident !== undefined) ? 1 : 2, expires };
}
