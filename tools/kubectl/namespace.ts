import { type ClusterReader, findObject } from '../../src/cluster/index.ts';

/** A namespace that does not exist has nothing wrong in it: said as an error, with the nearest names. */
export async function assertNamespace(
  cluster: ClusterReader,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (namespace === undefined) return;
  const kind = await cluster.kind('namespaces', signal);
  await findObject({ cluster, kind, namespace: undefined, name: namespace, signal });
}
