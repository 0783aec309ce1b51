import { monitoringError } from '../../src/monitoring/errors.ts';
import { boundedLogql } from '../../src/monitoring/logql.ts';
import type { Alerts, LogStore, Metrics } from '../../src/monitoring/port.ts';
import { problemOf } from '../../src/monitoring/problem.ts';
import { boundedPromql } from '../../src/monitoring/promql.ts';

/** What stands for a server that `monitoring` does not name: a group provides all its ports or none. */
function unconfigured(name: string): () => Promise<never> {
  return async () => {
    throw monitoringError('monitoring-unconfigured', {
      message: `castellan.yaml names no ${name}, so it was not asked`,
      next: `ask the operator to add monitoring: { ${name}: { url: … } } to castellan.yaml`,
    });
  };
}

export function noMetrics(): Metrics {
  const refuse = unconfigured('prometheus');
  return {
    instant: refuse,
    range: refuse,
    rules: refuse,
    health: refuse,
    problemIn: (query) => problemOf(() => boundedPromql(query)),
  };
}

export function noAlerts(): Alerts {
  const refuse = unconfigured('alertmanager');
  return { current: refuse, silences: refuse, health: refuse };
}

export function noLogStore(): LogStore {
  const refuse = unconfigured('loki');
  return { lines: refuse, ofPods: refuse, health: refuse, problemIn: (query) => problemOf(() => boundedLogql(query)) };
}
