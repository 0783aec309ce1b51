import { kindId } from '../kind.ts';
import { readKinds } from '../read-kinds.ts';
import type { ClusterReader } from '../reader.ts';
import { createView } from '../view.ts';
import { type Endpoints, endpointNeeds, endpointsOf, podSelectorOf } from './service.ts';

export interface EndpointsRequest {
  readonly cluster: ClusterReader;
  readonly namespace: string | undefined;
  readonly signal: AbortSignal;
  readonly now: Date;
}

/** Who answers for each Service that selects pods, by `namespace/name`; undefined when that could not be read. */
export async function readEndpoints({
  cluster,
  namespace,
  signal,
  now,
}: EndpointsRequest): Promise<ReadonlyMap<string, Endpoints> | undefined> {
  const wanted = Object.entries(endpointNeeds).map(([id, shape]) => [id, { namespace, shape }]);
  const { found, unread } = await readKinds(cluster, Object.fromEntries(wanted), signal);
  if (unread.length > 0) return undefined;
  const view = createView(new Map(found.map(({ kind, objects }) => [kindId(kind), objects])), now);
  const selecting = view.all('services').filter((service) => podSelectorOf(service) !== undefined);
  return new Map(selecting.map((service) => [`${service.namespace}/${service.name}`, endpointsOf(view, service)]));
}
