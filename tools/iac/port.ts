import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import type { ClusterReader } from '../../src/cluster/index.ts';
import type { Reach } from '../../src/kit/index.ts';
import type { Redactor } from '../../src/redaction/redactor.ts';
import type { PreparedPatches } from './prepared-patches.ts';

/** What the tools of this group run against. */
export interface IacPorts {
  readonly keep: KeepClient;
  /** Undefined where no cluster is configured. */
  readonly cluster: Reach<ClusterReader> | undefined;
  readonly patches: PreparedPatches;
  /** For what is told without the renderer's fences and masks. */
  readonly redactor: Pick<Redactor, 'echoing' | 'text'>;
}
