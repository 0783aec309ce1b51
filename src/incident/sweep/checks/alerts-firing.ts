import type { CurrentAlert } from '../../../monitoring/port.ts';
import type { Check } from '../port.ts';
import { found, unknown } from '../results.ts';

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
        .map((alert) => `${alert.name} ${placeOfAlert(alert)} since ${alert.since.toISOString()}`);
    const quiet = alerts.current.length - alerts.current.filter(({ state }) => state === 'firing').length;
    return found(
      { fail: told(true), warn: told(false) },
      `none${quiet === 0 ? '' : `; ${quiet} inhibited or silenced`}`,
      'incident_gather source=alerts',
    );
  },
};

/** What a rule is about; `instance` is often only the exporter that told of it. */
const subjects = [
  'pod',
  'deployment',
  'statefulset',
  'daemonset',
  'persistentvolumeclaim',
  'node',
  'backup',
  'instance',
];

function placeOfAlert({ labels }: CurrentAlert): string {
  const subject = subjects.map((name) => labels[name]).find((value) => value !== undefined && value !== '');
  const parts = [labels['namespace'], subject].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? 'somewhere' : parts.join('/');
}
