import { createObjectRedactor, matchLines } from '../../src/cluster/index.ts';
import { defineGroup, provide } from '../../src/kit/index.ts';
import { connectAlertmanager } from '../../src/monitoring/alertmanager.ts';
import { connectLoki } from '../../src/monitoring/loki.ts';
import { alertsPort, logStorePort, metricsPort } from '../../src/monitoring/port.ts';
import { connectPrometheus } from '../../src/monitoring/prometheus.ts';
import { redactorPort } from '../../src/redaction/port.ts';
import { monitoringConfig } from './config.ts';
import { probeServers, type Watched } from './probe.ts';
import { noAlerts, noLogStore, noMetrics } from './unconfigured.ts';

/** It has no tools: what watches the homelab is asked by those of other groups (incidents, logs of pods that are gone). */
export const monitoring = defineGroup({
  name: 'monitoring',
  summary: 'Prometheus, Alertmanager and Loki, for incidents and for logs of pods that are gone; reads only',
  prefixes: ['monitoring'],
  configKey: 'monitoring',
  config: monitoringConfig,
  howToConfigure: 'monitoring: { prometheus: { url: http://prometheus.example.net:9090 } } (also alertmanager, loki)',
  routing: [],
  requires: { redactor: redactorPort },
  provides: [metricsPort.name, alertsPort.name, logStorePort.name],
  tools: [],
  async connect({ prometheus, alertmanager, loki }, { redactor }) {
    await using opening = new AsyncDisposableStack();
    const objects = createObjectRedactor(redactor);
    // As kubectl_logs withholds them, whether the kubelet still has a line or only Loki.
    const lines = { match: matchLines, redactLines: (texts: readonly string[]) => objects.lines(texts).lines };
    const metrics =
      prometheus === undefined ? undefined : opening.use(await connectPrometheus(prometheus, { redactor }));
    const alerts =
      alertmanager === undefined ? undefined : opening.use(await connectAlertmanager(alertmanager, { redactor }));
    const logs = loki === undefined ? undefined : opening.use(await connectLoki(loki, { redactor, ...lines }));
    const watched: Watched[] = [
      ...(metrics === undefined ? [] : [{ name: 'Prometheus', port: metrics }]),
      ...(alerts === undefined ? [] : [{ name: 'Alertmanager', port: alerts }]),
      ...(logs === undefined ? [] : [{ name: 'Loki', port: logs }]),
    ];
    const opened = opening.move();
    return {
      ports: {},
      provides: [
        provide(metricsPort, metrics ?? noMetrics()),
        provide(alertsPort, alerts ?? noAlerts()),
        provide(logStorePort, logs ?? noLogStore()),
      ],
      probe: (signal) => probeServers(watched, signal),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
});
