import type { Secret } from '../../kit/index.ts';

/** What requests need of Vault: `plain` asks for names and versions, `work` does one signed thing with a token made for it. */
export interface VaultDoor {
  readonly plain: Lookups;
  work<Result>(purpose: Purpose, seconds: number, work: (doing: Doings) => Promise<Result>): Promise<Result>;
}

/** What reads cannot write, and what writes cannot read. */
export type Purpose = 'read' | 'write' | 'lend';

export interface SecretPlace {
  readonly mount: string;
  readonly path: string;
}

export interface VersionFacts {
  readonly version: number;
  readonly deletedAt: Date | undefined;
  readonly destroyed: boolean;
}

/** Errors: those of Vault. None of them gives a value. */
export interface Lookups {
  mounts(): Promise<readonly { readonly name: string; readonly kvVersion: 1 | 2 | undefined }[]>;
  /** `vault-not-found`: there is no such secret. */
  metadata(place: SecretPlace): Promise<{
    readonly currentVersion: number;
    readonly updatedAt: Date | undefined;
    readonly versions: readonly VersionFacts[];
  }>;
  /** Nested ones as `a.b`. */
  keys(place: SecretPlace, version: number): Promise<readonly string[]>;
}

export interface Values {
  readonly values: ReadonlyMap<string, Secret>;
  readonly version: number;
}

export interface Doings {
  wrap(
    place: SecretPlace,
    version: number,
    seconds: number,
  ): Promise<{ readonly token: Secret; readonly creationPath: string; readonly ttlSeconds: number }>;
  unwrap(token: Secret): Promise<Values>;
  /** Only as the version after `cas`. */
  write(place: SecretPlace, key: string, value: Secret, cas: number): Promise<{ readonly version: number }>;
  mint(wanted: LeaseWanted): Promise<{ readonly token: Secret; readonly lease: Secret; readonly expiresAt: Date }>;
  revoke(lease: Secret): Promise<void>;
}

export interface LeaseWanted {
  readonly role: string;
  readonly namespace: string;
  readonly ttlSeconds: number;
  readonly clusterWide: boolean;
}
