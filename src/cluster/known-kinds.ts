import { healthOf } from './health/health-of.ts';
import type { Kind } from './kind.ts';
import type { Shape } from './shape.ts';

/** Kinds that are asked for by name here, by their ids: what discovery would say of them. */
export const knownKinds = {
  nodes: { group: '', kind: 'Node' },
  'deployments.apps': { group: 'apps', kind: 'Deployment' },
  'statefulsets.apps': { group: 'apps', kind: 'StatefulSet' },
  'daemonsets.apps': { group: 'apps', kind: 'DaemonSet' },
  'replicasets.apps': { group: 'apps', kind: 'ReplicaSet' },
  pods: { group: '', kind: 'Pod' },
  'jobs.batch': { group: 'batch', kind: 'Job' },
  'cronjobs.batch': { group: 'batch', kind: 'CronJob' },
  services: { group: '', kind: 'Service' },
  persistentvolumeclaims: { group: '', kind: 'PersistentVolumeClaim' },
  persistentvolumes: { group: '', kind: 'PersistentVolume' },
  'certificates.cert-manager.io': { group: 'cert-manager.io', kind: 'Certificate' },
  'externalsecrets.external-secrets.io': { group: 'external-secrets.io', kind: 'ExternalSecret' },
} as const satisfies Readonly<Record<string, Pick<Kind, 'group' | 'kind'>>>;

export type KnownKind = keyof typeof knownKinds;

/** What must be read of a kind's objects to judge how they are. */
export function healthShape(id: KnownKind): Shape {
  const { shape } = healthOf(knownKinds[id]);
  return shape === 'metadata' ? {} : shape;
}
