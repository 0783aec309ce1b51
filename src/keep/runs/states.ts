import type { RunState } from '../../change/wire/run.ts';

/**
 * The life of a plan run, as a machine that refuses what it does not know.
 *
 *  queued → fetching → judging → planning → planned | no-changes | denied | failed
 *                          │         ▲
 *                          └▶ needs-consent, until a human consents
 *
 *  open      something may still happen to it; the keep that works on it holds its trees in memory
 *  ended     nothing happens to it any more, and nothing of it is left but what an agent may see
 *  withdrawn, interrupted   end a run from any open state: its agent took it back, the keep was stopped or died
 */
const after: Readonly<Record<RunState, readonly RunState[]>> = {
  queued: ['fetching'],
  fetching: ['judging', 'failed'],
  judging: ['planning', 'needs-consent', 'denied', 'no-changes', 'failed'],
  'needs-consent': ['planning'],
  planning: ['planned', 'no-changes', 'denied', 'failed'],
  planned: [],
  'no-changes': [],
  denied: [],
  failed: [],
  withdrawn: [],
  interrupted: [],
};

const ends: readonly RunState[] = ['planned', 'no-changes', 'denied', 'failed', 'withdrawn', 'interrupted'];

export function isOpen(state: RunState): boolean {
  return !ends.includes(state);
}

export const openStates: readonly RunState[] = ['queued', 'fetching', 'judging', 'needs-consent', 'planning'];

export function mayFollow(from: RunState, to: RunState): boolean {
  return after[from].includes(to) || (isOpen(from) && (to === 'withdrawn' || to === 'interrupted'));
}
