import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import type { Chronicle, ClusterReader } from '../../src/cluster/index.ts';
import type { EvidenceSource } from '../../src/incident/evidence.ts';
import type { History } from '../../src/incident/history/port.ts';
import type { Actor } from '../../src/incident/incident.ts';
import type { Knowledge } from '../../src/incident/knowledge/port.ts';
import type { IncidentRecord } from '../../src/incident/record/port.ts';
import type { InfraRepository, Source } from '../../src/incident/sources/port.ts';
import type { Principal, Reach } from '../../src/kit/index.ts';
import type { Alerts, LogStore, Metrics } from '../../src/monitoring/port.ts';
import type { Probes } from '../../src/probe/port.ts';

/** What the tools of this group run against. What is undefined is not configured; what is a Reach may fail when it is asked. */
export interface IncidentPorts {
  readonly record: IncidentRecord;
  readonly history: History;
  readonly knowledge: Knowledge;
  readonly sources: ReadonlyMap<EvidenceSource, Source>;
  readonly cluster: Reach<ClusterReader> | undefined;
  readonly chronicle: Reach<Pick<Chronicle, 'read' | 'rootOf'>> | undefined;
  readonly metrics: Reach<Metrics> | undefined;
  readonly alerts: Reach<Alerts> | undefined;
  readonly logStore: Reach<LogStore> | undefined;
  readonly keep: Reach<KeepClient> | undefined;
  readonly repository: InfraRepository | undefined;
  readonly probes: Probes;
  readonly publish: PublishTarget | undefined;
}

/** Where reports go: a folder of this host, or a file of the infra repository, through a change that a human signs. */
export type PublishTarget =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'change'; readonly folder: string; readonly stack: string };

export function actorOf({ agent, human }: Principal): Actor {
  return { agent, human };
}
