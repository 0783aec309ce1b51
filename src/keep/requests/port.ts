import type { Signature } from '../../change/document/documents.ts';
import type { RequestView, SecretWish } from '../../change/wire/secret.ts';
import type { Secret } from '../../kit/index.ts';
import type { BodyOf } from '../decisions/drafts.ts';
import type { SecretKind, SecretSubject } from '../decisions/port.ts';

/**
 * What agents ask of humans about secrets. The agent learns the state, the human gets the value: shown once, typed, or never seen.
 */
export interface Requests {
  /** Errors: `request-quota`, `request-unknown-secret`, `request-not-possible` (no Vault, no such role), those of Vault. */
  request(
    wish: SecretWish,
    reason: string,
    by: { readonly agent: string; readonly human: string },
  ): Promise<RequestView>;
  /** Errors: `request-not-found`. Waits until it moves. */
  status(id: string, waitMs: number, signal: AbortSignal): Promise<RequestView>;
  latest(limit: number, open?: boolean): Promise<readonly RequestView[]>;
  /** Errors: `request-not-found`, `request-not-yours`, `request-over`. */
  withdraw(id: string, by: { readonly agent: string; readonly human: string }): Promise<RequestView>;
  /** By a session of the console. */
  reject(id: string, words: string, by: string): Promise<RequestView>;
}

/**
 * Carries out what was signed. Each proves the signature itself, against the approvers root listed, spends its nonce and checks
 * that the document says exactly what the request did; what the database says is nobody's word. Errors: `approval-refused`,
 * `approval-spent`, `request-over`, `request-moved` (the secret has another version now), those of Vault.
 */
export interface SecretWork {
  /** Reads through a wrapped token whose path is checked before it is opened. The value is in nothing that is kept. */
  reveal(signature: Signature): Promise<{ readonly view: RequestView; readonly value: Secret }>;
  write(signature: Signature, typed: { readonly value: Secret; readonly salt: string }): Promise<RequestView>;
  generate(signature: Signature): Promise<RequestView>;
  /** A kubeconfig in YAML. */
  lease(signature: Signature): Promise<{ readonly view: RequestView; readonly kubeconfig: Secret }>;
}

/** What there is to sign about a request that waits, as its row and Vault are now. */
export interface SecretBodies {
  /** Errors: `request-not-found`, `request-over`, `request-moved` (which ends it), `request-not-possible`, those of Vault. */
  bodyOf(subject: SecretSubject): Promise<BodyOf<SecretKind>>;
}
