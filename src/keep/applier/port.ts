import type { ChangeDocument, Signature } from '../../change/document/documents.ts';
import type { ApplyReport } from '../../change/wire/change.ts';
import type { Profile } from '../config/valid.ts';
import type { StateFacts } from '../planner/port.ts';

/**
 * Applies exactly what was signed, once. The applier believes nobody: it proves the signatures and every field of the change
 * document anew, against the world as it is, before anything is changed.
 *
 *  prove     signatures, freeze, nonce, sealed bytes, tree, programs, profile, policy, state, what the plan does
 *  snapshot  the state as it was, sealed
 *  announce  refs/castellan/<change> in the repository
 *  apply     plain terraform or tofu on the saved plan, in the sandbox, with the credentials that write
 *  converge  a plan that must be empty
 */
export type ApplyStep = 'prove' | 'unpack' | 'state' | 'snapshot' | 'announce' | 'apply' | 'read-back' | 'converge';

export interface ApplyOrder {
  readonly change: string;
  readonly document: ChangeDocument;
  /** `approve` or `break-glass`; several where two people are asked for. */
  readonly signatures: readonly Signature[];
  readonly profile: Profile;
  /** Every step is told before it is begun; it is written down, fsynced, before the promise resolves. */
  onStep(step: ApplyStep): Promise<void>;
  /**
   * Called once, when everything is proved and right before the engine starts: enters `applying`. If it throws, nothing is applied.
   */
  enter(): Promise<void>;
}

/** As it was read back after the engine ended; absent when it could not be. */
interface ReadBack {
  readonly state?: StateFacts;
}

export type ApplyOutcome =
  /** Nothing was begun: what was signed does not fit the world any more. Each reason names one field. */
  | { readonly outcome: 'refused'; readonly reasons: readonly string[]; readonly stale: boolean }
  | ({ readonly outcome: 'applied' | 'partially-applied' | 'failed-clean'; readonly report: ApplyReport } & ReadBack)
  /** The keep was stopped in the middle, or nobody knows how it ended. */
  | ({ readonly outcome: 'interrupted'; readonly report: ApplyReport; readonly why: string } & ReadBack);

export interface Applier {
  /** Never retried, by anybody. Whatever goes wrong after `enter` is an outcome, not an error. */
  apply(order: ApplyOrder, signal: AbortSignal): Promise<ApplyOutcome>;
}
