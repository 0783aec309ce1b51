import type {
  ClusterSecretReference,
  Comparison,
  FingerprintsReply,
  SecretHistory,
  SecretReference,
} from '../../change/wire/secret.ts';

/**
 * The fingerprinter: a process under a user of its own, the only one whose token reads values. It turns them into fingerprints,
 * remembers by a key of its own when each last changed, and compares. What leaves it holds no value and, but for the matcher's
 * table, no length. The keep speaks to it over its socket (`client.ts`): one JSON object a line, a request and its reply.
 */
export interface Fingerprinter {
  /** Never throws: a fingerprinter that is away is a state, and the last set it gave is kept. */
  fingerprints(have: string | undefined, waitMs: number, signal: AbortSignal): Promise<FingerprintsReply>;
  /** Errors from here on: `fingerprinter-away`, `fingerprinter-none`, and those of Vault. */
  history(secret: SecretReference, signal: AbortSignal): Promise<SecretHistory>;
  compare(
    left: SecretReference & { readonly key: string },
    right: (SecretReference & { readonly key: string }) | ClusterSecretReference,
    signal: AbortSignal,
  ): Promise<Comparison>;
  /** Reads everything again, or one secret; resolves when its fingerprints are in the set that the next asker gets. */
  refresh(secret: SecretReference | undefined, signal: AbortSignal): Promise<void>;
  /** Words that stand in the trusted base, for class `public`; told once a commit. */
  publish(commit: string, words: readonly string[]): Promise<void>;
}
