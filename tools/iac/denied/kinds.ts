/** A kind of object as one names it on the command line. */
export interface Kind {
  /** As in manifests. */
  readonly kind: string;
  readonly group: string;
  readonly isNamespaced: boolean;
  /** Kubernetes’ own: the API server merges a strategic patch into it. */
  readonly isBuiltIn: boolean;
  /** Where its pods are described. */
  readonly pods: readonly string[] | undefined;
  /** What `kubectl scale` changes. */
  readonly scale: readonly string[] | undefined;
}

const template = ['spec', 'template', 'spec'];
const podsOf: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  Deployment: template,
  StatefulSet: template,
  DaemonSet: template,
  ReplicaSet: template,
  ReplicationController: template,
  Job: template,
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};
const scaleOf: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'replicas'],
  StatefulSet: ['spec', 'replicas'],
  ReplicaSet: ['spec', 'replicas'],
  ReplicationController: ['spec', 'replicas'],
  // Its scale subresource is defined over this field.
  'Cluster.postgresql.cnpg.io': ['spec', 'instances'],
};

/** By group: `Kind plural short…`, all of the namespace unless under `cluster`. The singular is the kind in small letters. */
const builtIn: Readonly<Record<string, readonly string[]>> = {
  '': [
    ...['Pod pods po', 'Service services svc', 'ConfigMap configmaps cm', 'Secret secrets', 'Endpoints endpoints ep'],
    ...['ServiceAccount serviceaccounts sa', 'ReplicationController replicationcontrollers rc', 'Event events ev'],
    ...['PersistentVolumeClaim persistentvolumeclaims pvc', 'ResourceQuota resourcequotas quota'],
    'LimitRange limitranges limits',
  ],
  apps: [
    ...['Deployment deployments deploy', 'StatefulSet statefulsets sts', 'DaemonSet daemonsets ds'],
    'ReplicaSet replicasets rs',
  ],
  batch: ['Job jobs', 'CronJob cronjobs cj'],
  autoscaling: ['HorizontalPodAutoscaler horizontalpodautoscalers hpa'],
  policy: ['PodDisruptionBudget poddisruptionbudgets pdb'],
  'networking.k8s.io': ['Ingress ingresses ing', 'NetworkPolicy networkpolicies netpol'],
  'rbac.authorization.k8s.io': ['Role roles', 'RoleBinding rolebindings'],
};
const builtInOfCluster: Readonly<Record<string, readonly string[]>> = {
  '': ['Namespace namespaces ns', 'Node nodes no', 'PersistentVolume persistentvolumes pv'],
  'storage.k8s.io': ['StorageClass storageclasses sc'],
  'scheduling.k8s.io': ['PriorityClass priorityclasses pc'],
  'networking.k8s.io': ['IngressClass ingressclasses'],
  'rbac.authorization.k8s.io': ['ClusterRole clusterroles', 'ClusterRoleBinding clusterrolebindings'],
  'apiextensions.k8s.io': ['CustomResourceDefinition customresourcedefinitions crd crds'],
};
const custom: Readonly<Record<string, readonly string[]>> = {
  'cert-manager.io': ['Certificate certificates cert certs', 'Issuer issuers'],
  'traefik.io': ['IngressRoute ingressroutes', 'Middleware middlewares', 'IngressRouteTCP ingressroutetcps'],
  'external-secrets.io': ['ExternalSecret externalsecrets es', 'SecretStore secretstores ss'],
  'postgresql.cnpg.io': ['Cluster clusters', 'ScheduledBackup scheduledbackups', 'Pooler poolers'],
  'gateway.networking.k8s.io': ['Gateway gateways gtw', 'HTTPRoute httproutes'],
  'monitoring.coreos.com': [
    ...[
      'ServiceMonitor servicemonitors smon',
      'PodMonitor podmonitors pmon',
      'PrometheusRule prometheusrules promrule',
    ],
    ...['Prometheus prometheuses prom', 'Alertmanager alertmanagers am'],
  ],
  'metallb.io': ['IPAddressPool ipaddresspools', 'L2Advertisement l2advertisements'],
  'helm.toolkit.fluxcd.io': ['HelmRelease helmreleases hr'],
};
const customOfCluster: Readonly<Record<string, readonly string[]>> = {
  'cert-manager.io': ['ClusterIssuer clusterissuers'],
  'external-secrets.io': ['ClusterSecretStore clustersecretstores css'],
};

const byWord = new Map<string, Kind[]>();
for (const [table, isBuiltIn, isNamespaced] of [
  [builtIn, true, true],
  [builtInOfCluster, true, false],
  [custom, false, true],
  [customOfCluster, false, false],
] as const) {
  for (const [group, said] of Object.entries(table)) {
    for (const [kind = '', ...words] of said.map((line) => line.split(' '))) {
      const scale = scaleOf[isBuiltIn ? kind : `${kind}.${group}`];
      const one = { kind, group, isNamespaced, isBuiltIn, pods: isBuiltIn ? podsOf[kind] : undefined, scale };
      for (const word of new Set([kind.toLowerCase(), ...words])) byWord.set(word, [...(byWord.get(word) ?? []), one]);
    }
  }
}

/** `deploy`, `Deployments`, `deployments.apps`, `deployments.v1.apps`. Undefined where it is none that is known here. */
export function kindSaid(text: string): Kind | undefined {
  const [, word = '', rest] = /^([^.]*)(?:\.(.+))?$/.exec(text.toLowerCase()) ?? [];
  const group = rest?.replace(/^v\d+(?:(?:alpha|beta)\d+)?(?:\.|$)/, '');
  const [found, another] = (byWord.get(word) ?? []).filter((kind) => group === undefined || kind.group === group);
  return another === undefined ? found : undefined;
}
