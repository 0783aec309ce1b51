/** Three nodes, each large enough that the sample fits on two. */
export function sampleNodes(names: readonly string[], pods: number): object[] {
  const room = {
    cpu: String(Math.max(8, Math.ceil(pods / 100))),
    memory: `${Math.max(32, Math.ceil(pods / 20))}Gi`,
    pods: String(Math.max(110, pods)),
  };
  return names.map((name, index) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        ...(index === 0 ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
      },
      // Where the kubelet that is played here serves this node's usage.
      annotations: { 'metrics.k8s.io/resource-metrics-path': `/metrics/nodes/${name}/metrics/resource` },
    },
    status: {
      capacity: room,
      allocatable: room,
      nodeInfo: {
        architecture: 'amd64',
        operatingSystem: 'linux',
        osImage: 'Lab Linux',
        kernelVersion: '6.12.0',
        kubeletVersion: 'v1.37.2',
        containerRuntimeVersion: 'containerd://2.1.0',
        kubeProxyVersion: '',
        machineID: '',
        systemUUID: '',
        bootID: '',
      },
    },
  }));
}
