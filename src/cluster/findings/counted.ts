import { healthOf } from '../health/health-of.ts';
import type { Shape } from '../shape.ts';

/** Kinds whose healthy objects are counted, so that an answer says what it looked at and found nothing wrong with. */
export const countedKinds: Readonly<Record<string, { readonly group: string; readonly kind: string }>> = {
  nodes: { group: '', kind: 'Node' },
  'deployments.apps': { group: 'apps', kind: 'Deployment' },
  'statefulsets.apps': { group: 'apps', kind: 'StatefulSet' },
  'daemonsets.apps': { group: 'apps', kind: 'DaemonSet' },
  pods: { group: '', kind: 'Pod' },
  'jobs.batch': { group: 'batch', kind: 'Job' },
  'cronjobs.batch': { group: 'batch', kind: 'CronJob' },
  persistentvolumeclaims: { group: '', kind: 'PersistentVolumeClaim' },
  'certificates.cert-manager.io': { group: 'cert-manager.io', kind: 'Certificate' },
  'externalsecrets.external-secrets.io': { group: 'external-secrets.io', kind: 'ExternalSecret' },
};

/** What must be read of them to know that they are. */
export const countedShapes: Readonly<Record<string, Shape>> = Object.fromEntries(
  Object.entries(countedKinds).map(([id, kind]) => {
    const { shape } = healthOf(kind);
    return [id, shape === 'metadata' ? {} : shape];
  }),
);
