import type { DocumentOf, Signature } from '../../change/document/documents.ts';
import type { RequestView } from '../../change/wire/secret.ts';
import { createTurns } from '../../store/turns.ts';
import { approvalRefused } from '../approvers/errors.ts';
import type { Approvers } from '../approvers/port.ts';
import type { Drafts } from '../decisions/drafts.ts';
import { isSecretKind, type SecretKind } from '../decisions/port.ts';
import type { DecisionTable } from '../journal/decision-table.ts';
import type { RequestBoard } from './board.ts';
import { assertSays } from './bodies.ts';

/** What one signature allows, once: the document that was signed, and the request as it stands since. */
export interface Claim<Kind extends SecretKind> {
  readonly document: DocumentOf<Kind>;
  readonly view: RequestView;
  readonly approver: string;
}

export interface ClaimOptions {
  readonly approvers: Pick<Approvers, 'accept'>;
  readonly drafts: Drafts;
  readonly decisions: Pick<DecisionTable, 'add'>;
  readonly board: RequestBoard;
  readonly now: () => Date;
}

export interface Claims {
  /**
   * Proves the signature, spends it and writes down that it is being done, in that order: whoever ends the keep in between finds a
   * request that waits for another signature, or one that failed, and never one that is done again. `sound` looks at what came with
   * the signature before anything is spent. Whoever claims it lets go of it. Errors: `approval-refused`, `approval-spent`, `request-over`, `request-not-found`.
   */
  claim<Kind extends SecretKind>(
    signature: Signature,
    kind: Kind,
    sound: (document: DocumentOf<Kind>) => void,
  ): Promise<Claim<Kind>>;
}

export function createClaims({ approvers, drafts, decisions, board, now }: ClaimOptions): Claims {
  const turns = createTurns();

  const claim: Claims['claim'] = async (signature, kind, sound) => {
    const { document: drafted } = drafts.find(signature.document);
    if (drafted.kind !== kind || !isSecretKind(drafted.kind)) {
      throw approvalRefused(`what was signed is a document to ${drafted.kind}, and none to ${kind}`);
    }
    // Nothing is spent on what cannot be done; what counts is what is found after it is.
    await assertSays(drafted as DocumentOf<SecretKind>, board);
    sound(drafted as DocumentOf<typeof kind>);
    const { document, approver } = await approvers.accept(signature, kind);
    drafts.forget(signature.document);
    const said: DocumentOf<SecretKind> = document;
    const view = await assertSays(said, board);
    const decision = { nonce: said.nonce, kind, subject: said.request, at: now(), signature };
    await decisions.add(decision, approver.name);
    board.hold(view.id);
    try {
      const signed = await board.move('waiting', { ...view, state: 'signed', by: approver.name }, approver.name);
      return { document, view: signed, approver: approver.name };
    } catch (error) {
      board.letGo(view.id);
      throw error;
    }
  };

  return { claim: (signature, kind, sound) => turns.take(() => claim(signature, kind, sound)) };
}
