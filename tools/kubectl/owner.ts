import { type ClusterObject, ownerOf, rootByName } from '../../src/cluster/index.ts';

/** What runs an object, as far as its own metadata tells: `web` for the pod `web-5d9c7b8f6d-x2x4z`. */
export function workloadOf(object: ClusterObject): string {
  const owner = ownerOf(object);
  return owner === undefined ? object.name : rootByName(owner).name;
}
