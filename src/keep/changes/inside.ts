import type { Actor, ChangeState } from '../../change/life/states.ts';
import type { ChangeView } from '../../change/wire/change.ts';
import type { ChangeFacts, StoredChange } from '../journal/change-table.ts';
import type { Changes } from './port.ts';

/** Changes as the keep's own rooms see them: what applies, watches and lands moves them through this, and only through this. */
export interface ChangesInside extends Changes {
  /** Errors: `change-unknown`. */
  stored(id: string): Promise<StoredChange>;
  /** In their order; empty when there is no such set. */
  ofSet(set: string): Promise<readonly StoredChange[]>;
  /** Not over, oldest first: also those that failed their expectation and were not reverted. */
  open(): Promise<readonly StoredChange[]>;
  /**
   * One step, told to the audit and written down before it resolves. A stack is given back with the step that ends its change
   * (never with `interrupted`), whoever waits for it goes on, and who waits in `status` wakes.
   * Errors: `change-unknown`, `change-moved` when it may not go there, or not by this actor.
   */
  move(id: string, to: ChangeState, actor: Actor, more?: Told): Promise<StoredChange>;
  /** The state stays: what is told of it changes (`apply`, `expected`, `why`, …). Errors: `change-unknown`. */
  note(id: string, more: Told): Promise<StoredChange>;
  /**
   * Plans an approved change of a set again, once an earlier one of the set was applied. `same`: it would do what was signed, on
   * the state that was signed; it is still approved, and what was sealed then is what is applied. `moved`: it is planned anew, and
   * `awaiting-approval`, `no-changes`, `denied` or `plan-failed`; the old signature is void. Rejects when aborted; it is `approved` then.
   * Errors: `change-unknown`, `change-moved` when it is not approved any more.
   */
  replan(id: string, signal: AbortSignal): Promise<'same' | 'moved'>;
  /** The lease of an interrupted change, which a signature unlocked; whoever waits for the stack goes on. */
  giveBack(stack: string, change: string): Promise<void>;
  /** Resolves with the next step of any change. */
  changed(): Promise<void>;
}

/** What is told with a step; what is not named stays as it is. */
export interface Told {
  readonly view?: Partial<Omit<ChangeView, 'id' | 'set' | 'state' | 'changedAt'>>;
  readonly facts?: Partial<ChangeFacts>;
}
