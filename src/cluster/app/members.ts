import type { ClusterObject } from '../reader.ts';
import { selectsPodsOf } from '../service/service.ts';
import { ownerKeys, ownersIn, ownKey } from '../target/owners.ts';
import { isAt, type Route } from '../target/routes.ts';
import type { Meant } from './meant.ts';

/** What was read of a namespace. */
export interface Inhabitants {
  /** Whatever makes pods, and what stands between. */
  readonly owning: readonly ClusterObject[];
  readonly pods: readonly ClusterObject[];
  readonly services: readonly ClusterObject[];
  /** Of all namespaces. */
  readonly routes: readonly Route[];
}

/**
 * Whether an object of the namespace belongs to the app: it was meant, or something that was meant made it. A Service or
 * a route means what is behind it.
 */
export function membership(
  { namespace, picks }: Meant,
  { owning, pods, services, routes }: Inhabitants,
): (object: ClusterObject) => boolean {
  if (picks === undefined) return () => true;
  const picked = new Set(picks.map(({ object }) => ownKey(object)));
  const isPicked = (object: ClusterObject): boolean => object.namespace === namespace && picked.has(ownKey(object));
  const named = routes.filter((route) => isPicked(route.object)).flatMap((route) => route.services);
  const inFront = services.filter((service) => isPicked(service) || named.some((ref) => isAt(service, ref)));
  const behind = [...owning, ...pods].filter((object) => inFront.some((service) => selectsPodsOf(service, object)));
  const others = [...owning, ...pods];
  const roots = [...picks.map(({ object }) => object), ...behind].map((object) => rootAmong(object, others));
  const owners = ownersIn([...roots, ...inFront], owning);
  return (object) => owners.has(ownKey(object)) || ownerKeys(object).some((owner) => owners.has(owner));
}

/** What made an object, as far up as it was read: the Deployment of a pod. */
function rootAmong(object: ClusterObject, others: readonly ClusterObject[]): ClusterObject {
  const above = others.find((other) => ownerKeys(object).includes(ownKey(other)));
  if (above === undefined) return object;
  return rootAmong(
    above,
    others.filter((other) => other !== above),
  );
}
