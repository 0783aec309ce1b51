import type { Check } from '../port.ts';
import { found, placeOf, unknown } from '../results.ts';

/** An alert that fires always, to show that alerts arrive, is no finding; one whose severity says that nobody is hurt neither. */
const harmless = /^(?:none|info|informational|debug)$/i;

export const alertsFiring: Check = {
  id: 'alerts-firing',
  title: 'No alert fires',
  needs: ['alerts'],
  look({ alerts }) {
    if (alerts === undefined) return unknown('nobody looked');
    if (!alerts.ready) return unknown('Alertmanager says that it is not ready');
    const firing = alerts.current.filter(
      ({ state, labels }) => state === 'firing' && !harmless.test(labels['severity'] ?? ''),
    );
    const told = (critical: boolean): readonly string[] =>
      firing
        .filter(({ labels }) => (labels['severity'] === 'critical') === critical)
        .map(
          (alert) =>
            `${alert.name} ${placeOf({ labels: alert.labels, value: 1, at: alert.since }, 'namespace', 'pod', 'instance')} since ${alert.since.toISOString()}`,
        );
    const quiet = alerts.current.length - alerts.current.filter(({ state }) => state === 'firing').length;
    return found(
      { fail: told(true), warn: told(false) },
      `none${quiet === 0 ? '' : `; ${quiet} inhibited or silenced`}`,
      'incident_gather source=alerts',
    );
  },
};
