import { type ClusterObject, ownerOf } from '../../src/cluster/index.ts';

/** What runs an object, as far as its own metadata tells: `web` for the pod `web-5d9c7b8f6d-x2x4z`. */
export function workloadOf(object: ClusterObject): string {
  const owner = ownerOf(object);
  if (owner === undefined) return object.name;
  // A ReplicaSet is named after its Deployment and a hash; a Job of a CronJob after it and a time.
  if (owner.kind === 'ReplicaSet') return owner.name.replace(/-[a-z0-9]{6,10}$/, '');
  return owner.kind === 'Job' ? owner.name.replace(/-\d{8,10}$/, '') : owner.name;
}
