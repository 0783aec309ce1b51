import type { Chronicle, ClusterReader } from '../../cluster/index.ts';
import type { Reach } from '../../kit/index.ts';
import type { Alerts, LogStore, Metrics } from '../../monitoring/port.ts';
import type { Probes } from '../../probe/port.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { InfraRepository } from './port.ts';

/** What sources ask. Undefined is not configured: a source that needs it says so, and gives evidence of status `error`. */
export interface SourcePorts {
  readonly cluster: Reach<ClusterReader> | undefined;
  readonly chronicle: Reach<Pick<Chronicle, 'read' | 'rootOf'>> | undefined;
  readonly metrics: Reach<Metrics> | undefined;
  readonly alerts: Reach<Alerts> | undefined;
  readonly logStore: Reach<LogStore> | undefined;
  readonly probes: Probes | undefined;
  readonly repository: InfraRepository | undefined;
  readonly redact: Pick<Redactor, 'text' | 'agentText' | 'echoing'>;
}
