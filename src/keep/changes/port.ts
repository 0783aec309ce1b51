import type { ChangeDocument, DocumentOf, Signature } from '../../change/document/documents.ts';
import type { Expectation } from '../../change/expect/predicates.ts';
import type { ChangeView } from '../../change/wire/change.ts';
import type { Verified } from '../approvers/port.ts';
import type { Requester } from '../journal/quota-table.ts';

/**
 * Changes, from a proposal to what a human signs. src/change/life/states.ts has their life; what is applied, verified and landed is
 * follow-through's (follow.ts), which begins where a set is approved.
 */
export interface Changes extends AsyncDisposable {
  /**
   * Begins a set: a change for every stack that uses what is changed, and for those named. Gives the open one of the same proposal.
   * Errors: `proposal-ambiguous`, `proposal-empty`, `stack-unknown`, `plan-quota-spent`, `changes-pending` (three of a principal wait),
   * `proposal-rejected` (a human refused the same before), `keep-stopping`, `audit-write-failed`.
   */
  propose(proposal: ChangeProposal, by: Requester): Promise<readonly ChangeView[]>;
  /** The whole set of it. Errors: `change-unknown`, `change-foreign`, `change-past-recall` once it is being applied. */
  withdraw(id: string, by: Requester): Promise<readonly ChangeView[]>;
  /** The change, or all of a set, once one of them moved or the wait is over. Errors: `change-unknown`. */
  status(id: string, waitMs: number, signal?: AbortSignal): Promise<readonly ChangeView[]>;
  latest(limit: number, onlyOpen?: boolean): Promise<readonly ChangeView[]>;
  openChangeOf(stack: string): ChangeView | undefined;

  /** What a signature over the whole set would name. Errors: `change-unknown`, `set-not-ready` with what is missing. */
  documentsOf(set: string, kind: 'approve' | 'break-glass'): Promise<readonly ChangeDocument[]>;
  /**
   * A signature that was proved and spent: the set is approved, or waits for its second person. Errors: `set-not-ready`,
   * `document-outdated` when what was signed is not what waits any more, `approver-same` for a second signature by one person.
   */
  approve(
    set: string,
    verified: Verified<'approve'> | Verified<'break-glass'>,
    signed: Signature,
  ): Promise<readonly ChangeView[]>;
  /** What consent to a change binds. Undefined: it waits for none. */
  consentOf(id: string): Promise<ConsentParts | undefined>;
  /** Somebody consented: whatever waits for it goes on. */
  consented(): void;
  /** The whole set, with the words for its agent. Errors: `change-unknown`, `change-past-recall`. */
  reject(set: string, approver: string, words: string): Promise<readonly ChangeView[]>;
  /** Of a change that was applied and failed: a set that plans the trusted base again. Errors: `change-unknown`, `change-not-revertible`. */
  revert(change: string, by: Requester): Promise<readonly ChangeView[]>;
}

export interface ChangeProposal {
  readonly stacks: readonly string[];
  readonly patch: string | undefined;
  readonly ref: string | undefined;
  readonly reason: string;
  readonly expect: readonly Expectation[];
  readonly revises: string | undefined;
  readonly incident: string | undefined;
}

export type ConsentParts = Pick<DocumentOf<'consent'>, 'tree' | 'diffSha256' | 'profileSha256' | 'digest'>;
