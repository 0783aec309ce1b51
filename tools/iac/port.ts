import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import type { ClusterReader } from '../../src/cluster/index.ts';
import type { Reach } from '../../src/kit/index.ts';

/** What the tools of this group run against. */
export interface IacPorts {
  readonly keep: KeepClient;
  /** Undefined where no cluster is configured. */
  readonly cluster: Reach<ClusterReader> | undefined;
}
