import type { Secret } from '../../kit/index.ts';

/** What the fingerprinter does with Vault, and all it does: nothing here writes. `vault.ts` does it with the real one. */
export interface VaultReads {
  /** KV mounts, without slashes around their names. */
  mounts(signal: AbortSignal): Promise<readonly KvMount[]>;
  /** Folders end in `/`. */
  list(mount: KvMount, path: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Of a mount of version 2. */
  metadata(mount: KvMount, path: string, signal: AbortSignal): Promise<SecretVersions>;
  /** Undefined: the newest; of a mount of version 1 there is no other. */
  values(mount: KvMount, path: string, version: number | undefined, signal: AbortSignal): Promise<VersionValues>;
  /** By path, as Vault says them. */
  capabilities(paths: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, readonly string[]>>;
}

export interface KvMount {
  readonly name: string;
  readonly kvVersion: 1 | 2;
}

export interface SecretVersions {
  readonly currentVersion: number;
  readonly updatedAt: Date;
  readonly versions: readonly {
    readonly version: number;
    readonly createdAt: Date;
    readonly deletedAt: Date | undefined;
    readonly destroyed: boolean;
  }[];
}

export interface VersionValues {
  readonly values: ReadonlyMap<string, Secret>;
  readonly version: number;
  readonly createdAt: Date;
}
