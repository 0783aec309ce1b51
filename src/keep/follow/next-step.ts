import type { ChangeState } from '../../change/life/states.ts';
import type { StoredChange } from '../journal/change-table.ts';

/**
 * What is to be done for a set, read from where its changes stand and from nothing else: so a keep that was killed goes on where
 * the journal says it was. Changes are applied in their order; a set is whole, or it has stopped.
 *
 *  whole     every change so far is verified: the next is applied, and behind the last one the set is landed
 *  waiting   the next change waits for somebody: for its signature anew, or for a plan
 *  stopped   one of its changes ended otherwise: no other is begun, and nothing of it is landed
 */
export type NextStep =
  /** It is written down as being applied, and nobody applies it: a keep ended in the middle. */
  | { readonly do: 'interrupt'; readonly change: StoredChange }
  | { readonly do: 'watch'; readonly change: StoredChange }
  /** `at`: the change the set stopped at. */
  | { readonly do: 'stop'; readonly rest: readonly StoredChange[]; readonly at: StoredChange }
  | { readonly do: 'revert'; readonly change: StoredChange }
  | { readonly do: 'apply'; readonly change: StoredChange; readonly earlier: readonly StoredChange[] }
  | { readonly do: 'land'; readonly changes: readonly StoredChange[] }
  | { readonly do: 'nothing' };

const whole: ReadonlySet<ChangeState> = new Set(['verified', 'landing-failed', 'landed', 'no-changes']);
const toLand: ReadonlySet<ChangeState> = new Set(['verified', 'landing-failed']);
/** The set ended here, without what was signed. */
const ended: ReadonlySet<ChangeState> = new Set([
  'blocked',
  'plan-failed',
  'partially-applied',
  'failed-clean',
  'interrupted',
  'failed-expectation',
  'rejected',
  'withdrawn',
  'expired',
  'stale',
  'superseded',
]);

/** `changes`: a whole set, in its order. */
export function nextStep(changes: readonly StoredChange[]): NextStep {
  const inState = (...states: readonly ChangeState[]) => changes.find(({ view }) => states.includes(view.state));
  const applying = inState('applying');
  if (applying !== undefined) return { do: 'interrupt', change: applying };
  const applied = inState('applied');
  if (applied !== undefined) return { do: 'watch', change: applied };
  const at = changes.find(({ view }) => ended.has(view.state));
  if (at !== undefined) {
    const rest = changes.filter(({ view }) => view.state === 'approved' || isLeftBehind(view));
    if (rest.length > 0) return { do: 'stop', rest, at };
    const failed = changes.find(({ view }) => view.state === 'failed-expectation' && view.revertedBy === undefined);
    return failed === undefined ? { do: 'nothing' } : { do: 'revert', change: failed };
  }
  const next = changes.findIndex(({ view }) => !whole.has(view.state));
  const change = changes[next];
  if (change !== undefined) {
    return change.view.state === 'approved'
      ? { do: 'apply', change, earlier: changes.slice(0, next) }
      : { do: 'nothing' };
  }
  return changes.some(({ view }) => toLand.has(view.state)) ? { do: 'land', changes } : { do: 'nothing' };
}

/** Applied and verified in a set that stopped, and nobody has been told so yet. */
function isLeftBehind({ state, why }: StoredChange['view']): boolean {
  return toLand.has(state) && why === undefined;
}
