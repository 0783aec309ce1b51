import { healthShape, type KnownKind } from '../known-kinds.ts';
import type { Shape } from '../shape.ts';

/** Kinds whose healthy objects are counted, so that an answer says what it looked at and found nothing wrong with. */
export const countedKinds: readonly KnownKind[] = [
  'nodes',
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'pods',
  'jobs.batch',
  'cronjobs.batch',
  'persistentvolumeclaims',
  'certificates.cert-manager.io',
  'externalsecrets.external-secrets.io',
];

/** What must be read of them to know that they are. */
export const countedShapes: Readonly<Record<string, Shape>> = Object.fromEntries(
  countedKinds.map((id) => [id, healthShape(id)]),
);
