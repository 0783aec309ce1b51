import type { ClusterObject } from '../../src/cluster/index.ts';
import type { JsonObject } from '../../src/kit/index.ts';

/** What runs an object, as far as its own metadata tells: `web` for the pod `web-5d9c7b8f6d-x2x4z`. */
export function workloadOf(object: ClusterObject): string {
  const owner = controllerOf(object.body);
  if (owner === undefined) return object.name;
  // A ReplicaSet is named after its Deployment and a hash; a Job of a CronJob after it and a time.
  if (owner.kind === 'ReplicaSet') return owner.name.replace(/-[a-z0-9]{6,10}$/, '');
  return owner.kind === 'Job' ? owner.name.replace(/-\d{8,10}$/, '') : owner.name;
}

function controllerOf(body: JsonObject): { readonly kind: string; readonly name: string } | undefined {
  const metadata = body['metadata'] as JsonObject | undefined;
  const owners = metadata?.['ownerReferences'];
  if (!Array.isArray(owners)) return undefined;
  const owner: JsonObject | undefined = owners.find((candidate) => candidate?.controller === true) ?? owners[0];
  const { kind, name } = owner ?? {};
  return typeof kind === 'string' && typeof name === 'string' ? { kind, name } : undefined;
}
