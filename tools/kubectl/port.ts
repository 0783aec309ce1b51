import type { Chronicle, ClusterReader } from '../../src/cluster/index.ts';
import type { Knowledge } from '../../src/incident/knowledge/port.ts';
import type { Reach } from '../../src/kit/index.ts';
import type { LogStore } from '../../src/monitoring/port.ts';

/** What the tools of this group run against. */
export interface KubectlPorts {
  readonly cluster: ClusterReader;
  readonly chronicle: Pick<Chronicle, 'read' | 'rootOf'>;
  /** Known issues and runbooks; undefined where nobody keeps any. */
  readonly known?: Pick<Knowledge, 'about'> | undefined;
  /** Where lines of pods that are gone are kept; undefined where nothing is configured. */
  readonly logStore?: Reach<LogStore> | undefined;
}
