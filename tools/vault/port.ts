import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import type { ClusterReader } from '../../src/cluster/index.ts';
import type { Reach } from '../../src/kit/index.ts';
import type { VaultSession } from '../../src/vault/index.ts';
import type { Allowance } from './allowance.ts';
import type { AuditReads } from './audit-reads.ts';
import type { Names } from './inventory.ts';
import type { KnownValues } from './known-values.ts';
import type { Strength } from './strength.ts';

/** What the tools of this group run against. */
export interface VaultPorts {
  readonly vault: VaultSession;
  readonly nodes: readonly VaultNode[];
  readonly names: Names;
  readonly strength: Strength;
  readonly comparisons: Allowance;
  readonly knownValues: KnownValues;
  /** Undefined where no audit log is configured. */
  readonly audit: AuditReads | undefined;
  /** Undefined where no keep is configured. */
  readonly keep: Reach<KeepClient> | undefined;
  /** Undefined where no cluster is configured. */
  readonly cluster: Reach<ClusterReader> | undefined;
}

export interface VaultNode {
  readonly address: string;
  readonly caFile: string | undefined;
  /** http beyond loopback. */
  readonly plainHttp: boolean;
}
