import { expect, it } from 'vitest';
import { typedKind } from './kinds.ts';

it.each([
  ['kubernetes_deployment', 'Deployment'],
  ['kubernetes_deployment_v1', 'Deployment'],
  ['kubernetes_stateful_set', 'StatefulSet'],
  ['kubernetes_stateful_set_v1', 'StatefulSet'],
  ['kubernetes_daemonset', 'DaemonSet'],
  ['kubernetes_daemon_set_v1', 'DaemonSet'],
  ['kubernetes_cron_job', 'CronJob'],
  ['kubernetes_cron_job_v1', 'CronJob'],
  ['kubernetes_job', 'Job'],
  ['kubernetes_job_v1', 'Job'],
  ['kubernetes_pod_v1', 'Pod'],
  ['kubernetes_replication_controller_v1', 'ReplicationController'],
  ['kubernetes_service', 'Service'],
  ['kubernetes_service_v1', 'Service'],
  ['kubernetes_config_map', 'ConfigMap'],
  ['kubernetes_config_map_v1', 'ConfigMap'],
  ['kubernetes_config_map_v1_data', 'ConfigMap'],
  ['kubernetes_secret', 'Secret'],
  ['kubernetes_secret_v1', 'Secret'],
  ['kubernetes_secret_v1_data', 'Secret'],
  ['kubernetes_ingress_v1', 'Ingress'],
  ['kubernetes_ingress_class_v1', 'IngressClass'],
  ['kubernetes_persistent_volume_claim', 'PersistentVolumeClaim'],
  ['kubernetes_persistent_volume_claim_v1', 'PersistentVolumeClaim'],
  ['kubernetes_persistent_volume_v1', 'PersistentVolume'],
  ['kubernetes_namespace', 'Namespace'],
  ['kubernetes_namespace_v1', 'Namespace'],
  ['kubernetes_horizontal_pod_autoscaler', 'HorizontalPodAutoscaler'],
  ['kubernetes_horizontal_pod_autoscaler_v2', 'HorizontalPodAutoscaler'],
  ['kubernetes_horizontal_pod_autoscaler_v2beta2', 'HorizontalPodAutoscaler'],
  ['kubernetes_service_account_v1', 'ServiceAccount'],
  ['kubernetes_default_service_account_v1', 'ServiceAccount'],
  ['kubernetes_network_policy_v1', 'NetworkPolicy'],
  ['kubernetes_pod_disruption_budget_v1', 'PodDisruptionBudget'],
  ['kubernetes_limit_range_v1', 'LimitRange'],
  ['kubernetes_resource_quota_v1', 'ResourceQuota'],
  ['kubernetes_role_v1', 'Role'],
  ['kubernetes_cluster_role_v1', 'ClusterRole'],
  ['kubernetes_role_binding_v1', 'RoleBinding'],
  ['kubernetes_cluster_role_binding_v1', 'ClusterRoleBinding'],
  ['kubernetes_storage_class_v1', 'StorageClass'],
  ['kubernetes_priority_class_v1', 'PriorityClass'],
])('%s makes a %s', (type, kind) => {
  expect(typedKind(type)?.kind).toBe(kind);
});

it.each([
  'kubernetes_manifest',
  'kubernetes_labels',
  'kubernetes_node_taint',
  'kubernetes_deployments',
  'kubernetes___proto__',
  'kubernetes_constructor',
  'kubectl_manifest',
  'example_deployment',
  'deployment',
])('%s is none of them', (type) => {
  expect(typedKind(type)).toBeUndefined();
});
