import type { EvidenceSource } from '../evidence.ts';
import { alertsSource } from './alerts.ts';
import { changesSource } from './changes.ts';
import { defineSource } from './define.ts';
import { dnsSource } from './dns.ts';
import { eventsSource } from './events.ts';
import { gitSource } from './git.ts';
import { httpSource } from './http.ts';
import { kubernetesSource } from './kubernetes.ts';
import { logsSource } from './logs.ts';
import { metricsSource } from './metrics.ts';
import { noteSource } from './note.ts';
import type { Source } from './port.ts';
import type { SourcePorts } from './ports.ts';
import { tlsSource } from './tls.ts';

const all = [
  kubernetesSource,
  eventsSource,
  logsSource,
  alertsSource,
  metricsSource,
  changesSource,
  gitSource,
  tlsSource,
  dnsSource,
  httpSource,
  noteSource,
];

/** Every source there is, configured or not. `patienceMs` is how long one may take; 18 s unless a test says otherwise. */
export function openSources(ports: SourcePorts, patienceMs?: number): ReadonlyMap<EvidenceSource, Source> {
  return new Map(
    all.map((source) => {
      const definition = source(ports);
      return [definition.name, defineSource(definition, ports.redact, patienceMs)];
    }),
  );
}
