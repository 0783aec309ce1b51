import type { ChangeDocument } from '../../change/document/documents.ts';
import type { ObjectId } from '../../iac/repository.ts';

/** Brings what was applied into the repository, with the keep's own credential that may push. */
export interface Landing {
  /**
   * The commit of a proposal on its base, in the keep's mirror and kept there under refs/castellan/<change>: who asked, why, and which
   * change it is stand in its message. Errors: `git-failed`.
   */
  commit(proposal: ProposedCommit): Promise<ObjectId>;
  /** Pushes refs/castellan/<change> to the remote, before anything is applied. Errors: `landing-failed`. */
  announce(change: string, commit: ObjectId): Promise<void>;
  /**
   * Whether the branch moved since, and where: `inside` when a commit touches what the stack is made of.
   * Errors: `repository-unreachable`.
   */
  moved(document: ChangeDocument): Promise<Moved>;
  /**
   * Fast-forwards the branch to the commit, or to the same change on its new head when it moved elsewhere; gives the commit that is
   * on the branch now. Idempotent: a change that is there already is found. Errors: `landing-failed`.
   */
  land(change: string, commit: ObjectId): Promise<ObjectId>;
}

export interface ProposedCommit {
  readonly change: string;
  /**
   * The changes of a set share one commit: each asks for it with the same words and the same `at`, and all of their ids and stacks.
   * Without these it is a commit of this change alone.
   */
  readonly set?: string;
  readonly changes?: readonly string[];
  readonly stacks?: readonly string[];
  readonly base: ObjectId;
  readonly tree: ObjectId;
  readonly agent: string;
  readonly human: string;
  readonly reason: string;
  readonly at: Date;
}

export type Moved =
  | { readonly where: 'nowhere' }
  | { readonly where: 'elsewhere'; readonly head: ObjectId }
  | { readonly where: 'inside'; readonly head: ObjectId; readonly paths: readonly string[] };
