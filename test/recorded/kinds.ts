/** What is recorded of the lab's API server, by the path of its group and version. */
export const recordedKinds: Readonly<Record<string, readonly string[]>> = {
  '/api/v1': [
    'configmaps',
    'events',
    'limitranges',
    'namespaces',
    'nodes',
    'persistentvolumeclaims',
    'persistentvolumes',
    'pods',
    'replicationcontrollers',
    'resourcequotas',
    'secrets',
    'serviceaccounts',
    'services',
  ],
  '/apis/admissionregistration.k8s.io/v1': ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
  '/apis/apiextensions.k8s.io/v1': ['customresourcedefinitions'],
  '/apis/apps/v1': ['controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  '/apis/autoscaling/v2': ['horizontalpodautoscalers'],
  '/apis/batch/v1': ['cronjobs', 'jobs'],
  '/apis/cert-manager.io/v1': ['certificates'],
  '/apis/discovery.k8s.io/v1': ['endpointslices'],
  '/apis/external-secrets.io/v1': ['clustersecretstores', 'externalsecrets'],
  '/apis/metrics.k8s.io/v1beta1': ['nodes', 'pods'],
  '/apis/networking.k8s.io/v1': ['ingresses', 'networkpolicies'],
  '/apis/policy/v1': ['poddisruptionbudgets'],
  '/apis/postgresql.cnpg.io/v1': ['clusters'],
  '/apis/rbac.authorization.k8s.io/v1': ['clusterrolebindings', 'clusterroles'],
  '/apis/storage.k8s.io/v1': ['csinodes', 'storageclasses', 'volumeattachments'],
  '/apis/traefik.io/v1alpha1': ['ingressroutes'],
};

/** The schemas of these are recorded, with what they are made of. */
export const recordedSchemas: Readonly<Record<string, readonly string[]>> = {
  '/openapi/v3/api/v1': ['ConfigMap', 'Pod', 'Service'],
  '/openapi/v3/apis/apps/v1': ['Deployment'],
  '/openapi/v3/apis/cert-manager.io/v1': ['Certificate'],
};

/** `pods`, or `pods.metrics.k8s.io` where the core group has the word already: one name for each recorded kind. */
export function collectionName(path: string, resource: string): string {
  return path.startsWith('/apis/metrics.k8s.io/') ? `${resource}.metrics.k8s.io` : resource;
}
