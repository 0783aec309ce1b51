import type { Chronicle, ClusterReader } from '../../src/cluster/index.ts';

/** What the tools of this group run against. */
export interface KubectlPorts {
  readonly cluster: ClusterReader;
  readonly chronicle: Pick<Chronicle, 'read' | 'rootOf'>;
}
