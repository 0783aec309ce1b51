import type { DocumentKind, DocumentOf, Signature } from '../../change/document/documents.ts';

/**
 * Humans who may sign, and the proof that one did.
 *
 *  approver   a name with two passkeys: one signs documents and nothing else, the other logs in and nothing else
 *  root       those in `approvers.json` beside keep.yaml, which only root can have written (under the seat belt: the keep's user)
 *  later      those enrolled by a document that an approver signed; each is proved again from the roots at every start
 */
export interface Approver {
  readonly name: string;
  readonly approval: Passkey;
  readonly login: Passkey;
  readonly since: Date;
  /** `root`, or the approver whose signature enrolled them. */
  readonly by: string;
}

export interface Passkey {
  /** base64url. */
  readonly id: string;
  /** COSE, base64url. */
  readonly publicKey: string;
}

export interface Approvers {
  list(): readonly Approver[];
  /** Why a file or a document that is there was not listened to. */
  problems(): readonly string[];
  /**
   * Proves that an enrolled approver signed this document, of this kind, with their approval credential, at this origin, present
   * and verified, before it expires. It does not spend the nonce. Errors: `approval-refused`, whose message names the reason.
   */
  verify<Kind extends DocumentKind>(signature: Signature, kind: Kind): Promise<Verified<Kind>>;
  /** As `verify`, and spends the nonce in the fsynced file; a spent one is refused. Errors: as above, `approval-spent`. */
  accept<Kind extends DocumentKind>(signature: Signature, kind: Kind): Promise<Verified<Kind>>;
  isSpent(nonce: string): boolean;
  /** Writes the nonce down, fsynced. Errors: `approval-spent`. */
  spend(nonce: string, what: string): void;
  /** Proves a login assertion over `challenge` (base64url), made with a login credential. Errors: `login-refused`. */
  verifyLogin(assertion: Signature['assertion'], challenge: string): Promise<Approver>;
  /** Reads root's file again, and the signed documents that came since. */
  reload(): Promise<void>;
}

/** What was accepted once and is acted on later. */
export interface TakenDocuments {
  /**
   * Proves that this document was accepted by this keep: its nonce was spent on exactly it, and it was good and its approver was one
   * then. That it expired since, or that its approver was revoked since, is nothing to it. Errors: `approval-refused`,
   * `approvers-unusable`.
   */
  verifyTaken<Kind extends DocumentKind>(signature: Signature, kind: Kind): Promise<TakenDocument<Kind>>;
}

export interface TakenDocument<Kind extends DocumentKind> extends Verified<Kind> {
  readonly at: Date;
  /** Of two, which was taken first: clocks are set back, this is not. */
  readonly place: number;
}

export interface Verified<Kind extends DocumentKind> {
  readonly approver: Approver;
  readonly document: DocumentOf<Kind>;
}

/** What signatures are for: exactly this origin, with its port, and this relying party. */
export interface RelyingParty {
  /** `http://castellan.localhost:8790`, `https://keep.example.net`. */
  readonly origin: string;
  /** `castellan.localhost`, or the host of the origin. */
  readonly id: string;
}
