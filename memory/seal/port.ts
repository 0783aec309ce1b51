/**
 * Encrypts for humans. Whoever holds a sealer can close and not open: what opens is a key the daemon does not have (an age
 * identity, a Vault token of a human's).
 */
export interface Sealer {
  /** How it was closed, for whoever opens it: `age`, `transit:transit/castellan-memories`. */
  readonly name: string;
  /** Errors: `memory-unsealed` when it cannot be done now; there is no plaintext instead. */
  seal(text: string, signal: AbortSignal): Promise<Uint8Array>;
}
