import { at } from '../fields.ts';
import { kindId } from '../kind.ts';
import { type ObjectRef, ownerOf, refText } from '../owner.ts';
import { referencesOf } from '../pod/references.ts';
import type { ClusterReader } from '../reader.ts';
import { podsOf } from '../target/pods.ts';
import type { ResolvedTarget } from '../target/resolve.ts';
import type { Chronicle } from './chronicle.ts';

export interface HistoryRequest {
  readonly cluster: ClusterReader;
  readonly chronicle: Pick<Chronicle, 'rootOf'>;
  readonly resolved: Pick<ResolvedTarget, 'kind' | 'object'>;
  readonly signal: AbortSignal;
}

const ownRoots = new Set([
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'cronjobs.batch',
  'nodes',
  'configmaps',
  'certificates.cert-manager.io',
]);

/** Whose history somebody asks for who names an object: its own, that of what made it, or that of the pods behind it. */
export async function historyRoots({
  cluster,
  chronicle,
  resolved,
  signal,
}: HistoryRequest): Promise<readonly ObjectRef[]> {
  const { kind, object } = resolved;
  const { group, namespace, name } = object;
  const ref: ObjectRef = { group, kind: object.kind, namespace, name };
  if (ownRoots.has(kindId(kind))) return [ref];
  const owner = ownerOf(object);
  if (owner !== undefined) return [chronicle.rootOf(cluster.context, owner)];
  if (kindId(kind) === 'pods') return [ref];
  const behind = (await podsOf({ cluster, resolved, signal })).map((pod) =>
    chronicle.rootOf(cluster.context, ownerOf(pod) ?? { group: '', kind: 'Pod', namespace, name: pod.name }),
  );
  return [...new Map([ref, ...behind].map((one) => [refText(one), one])).values()];
}

/** ConfigMaps the pods of a workload are made with: a change of one of them is a change of the workload. */
export function configOf({ object }: Pick<ResolvedTarget, 'object'>): readonly ObjectRef[] {
  const { body, namespace } = object;
  const spec =
    at(body, 'spec', 'template', 'spec') ??
    at(body, 'spec', 'jobTemplate', 'spec', 'template', 'spec') ??
    at(body, 'spec');
  return [...referencesOf(spec).configMaps].map((name) => ({ group: '', kind: 'ConfigMap', namespace, name }));
}
