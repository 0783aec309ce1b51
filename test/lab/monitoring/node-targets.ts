import type { KubeNode } from './kube-objects.ts';

/** Where the usage of each node's containers is served, as Prometheus's HTTP discovery wants to be told. */
export function nodeTargets(nodes: readonly KubeNode[]): object[] {
  return nodes.flatMap(({ metadata: { name }, status: { addresses, daemonEndpoints } }) => {
    const address = addresses.find(({ type }) => type === 'InternalIP')?.address;
    const port = daemonEndpoints.kubeletEndpoint?.Port;
    if (address === undefined || port === undefined) return []; // Its kubelet has not come yet.
    const labels = { node: name, __metrics_path__: `/metrics/nodes/${name}/metrics/resource` };
    return [{ targets: [`${address}:${port}`], labels }];
  });
}
