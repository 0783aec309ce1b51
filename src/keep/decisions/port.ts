import type { DocumentKind, Signature, SignedDocument } from '../../change/document/documents.ts';
import type { Approver, Passkey } from '../approvers/port.ts';

/**
 * What humans decide, each by a signature over a document of its own kind: the keep writes the document, the human's passkey signs
 * it, the keep proves it and does what it says. A document that this keep did not write within the last minutes is not taken.
 */
export interface Decisions {
  /** Errors: those of whom it is about, `decision-void` when there is nothing of the kind to decide. */
  draft(subject: Subject, approver: Approver): Promise<SignedDocument>;
  /**
   * Proves it, spends it, writes it down, does it. Errors: `approval-refused`, `approval-spent`, `decision-void`,
   * `decision-elsewhere` for the kinds of secrets.
   */
  take(signature: Signature): Promise<Taken>;
  /** Newest first. */
  latest(limit: number): Promise<readonly DecisionView[]>;
}

export type Subject =
  | { readonly kind: 'approve'; readonly set: string }
  | { readonly kind: 'break-glass'; readonly set: string; readonly why: string }
  /** A run or a change that waits for it. */
  | { readonly kind: 'consent'; readonly id: string }
  | { readonly kind: 'adopt'; readonly commit: string }
  | { readonly kind: 'reject-policy'; readonly change: string; readonly days: number }
  | { readonly kind: 'enrol'; readonly name: string; readonly approval: Passkey; readonly login: Passkey }
  | { readonly kind: 'revoke'; readonly name: string }
  | { readonly kind: 'unlock'; readonly stack: string }
  | { readonly kind: 'thaw' }
  | SecretSubject;

/** A request of an agent's about a secret, in the state `waiting`. */
export type SecretSubject =
  | { readonly kind: 'reveal' | 'generate' | 'token'; readonly request: string }
  /** `commitment`: what the page computed over salt and value. */
  | { readonly kind: 'write'; readonly request: string; readonly commitment: string };

export const secretKinds = ['reveal', 'write', 'generate', 'token'] as const satisfies readonly DocumentKind[];
export type SecretKind = (typeof secretKinds)[number];

/** Its signature is handed to `SecretWork` (src/keep/requests/port.ts), which does what it says; `take` refuses it. */
export function isSecretKind(kind: DocumentKind): kind is SecretKind {
  return secretKinds.some((one) => one === kind);
}

export interface Taken {
  readonly kind: DocumentKind;
  readonly subject: string;
  readonly approver: string;
  /** In a sentence: what came of it. */
  readonly outcome: string;
}

export interface DecisionView {
  readonly kind: DocumentKind;
  readonly subject: string;
  readonly approver: string;
  readonly at: Date;
}
