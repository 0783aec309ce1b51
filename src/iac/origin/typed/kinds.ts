import { type BlockType, block } from './block-type.ts';
import { claimSpec, metadata, nodeSelector, selector } from './pod.ts';
import { object, type TypedKind, timeouts, workloads } from './workloads.ts';

/** Undefined for types that make no object that is known here, or are of another provider. `_v1` and the like say the same. */
export function typedKind(type: string): TypedKind | undefined {
  const [, word] = /^kubernetes_([a-z0-9_]+?)(?:_v\d+(?:(?:alpha|beta)\d+)?)?$/.exec(type) ?? [];
  return word === undefined ? undefined : kinds.get(word);
}

const service = object(
  'Service',
  block({
    text: 'cluster_ip external_name external_traffic_policy internal_traffic_policy ip_family_policy load_balancer_class load_balancer_ip session_affinity type',
    number: 'health_check_node_port',
    flag: 'allocate_load_balancer_node_ports publish_not_ready_addresses',
    texts: 'cluster_ips ip_families',
    set: 'external_ips load_balancer_source_ranges',
    map: 'selector',
    list: {
      port: ['ports', block({ text: 'app_protocol name protocol', number: 'port node_port', either: 'target_port' })],
    },
    one: { session_affinity_config: block({ one: { client_ip: block({ number: 'timeout_seconds' }) } }) },
  }),
  'wait_for_load_balancer status',
);

const typedReference = block({ text: 'api_group kind name namespace' });
const backend = block({
  one: {
    resource: typedReference,
    service: block({ text: 'name', one: { port: block({ text: 'name', number: 'number' }) } }),
  },
});
const path = block({ text: 'path path_type', one: { backend } });
const ingress = object(
  'Ingress',
  block({
    text: 'ingress_class_name',
    one: { default_backend: backend },
    list: {
      rule: ['rules', block({ text: 'host', one: { http: block({ list: { path: ['paths', path] } }) } })],
      tls: block({ text: 'secret_name', texts: 'hosts' }),
    },
  }),
  'wait_for_load_balancer status',
);

const target = block({ text: 'type average_value value', number: 'average_utilization' });
const metricName = block({ text: 'name', one: { selector } });
const scaled = block({ text: 'api_version kind name' });
const policy = block({ text: 'type', number: 'period_seconds value' });
const scaling = block({
  text: 'select_policy',
  number: 'stabilization_window_seconds',
  list: { policy: ['policies', policy] },
});
const metric = block({
  text: 'type',
  one: {
    container_resource: block({ text: 'container name', one: { target } }),
    external: block({ one: { metric: metricName, target } }),
    object: block({ one: { described_object: scaled, metric: metricName, target } }),
    pods: block({ one: { metric: metricName, target } }),
    resource: block({ text: 'name', one: { target } }),
  },
});
const autoscaler = object(
  'HorizontalPodAutoscaler',
  block({
    number: 'max_replicas min_replicas target_cpu_utilization_percentage',
    one: { scale_target_ref: scaled, behavior: block({ one: { scale_down: scaling, scale_up: scaling } }) },
    list: { metric: ['metrics', metric] },
  }),
);

const peer = block({
  one: { ip_block: block({ text: 'cidr', texts: 'except' }), namespace_selector: selector, pod_selector: selector },
});
const policyPort = block({ text: 'protocol', either: 'port' });
const networkPolicy = object(
  'NetworkPolicy',
  block({
    texts: 'policy_types',
    one: { pod_selector: selector },
    list: {
      egress: block({ list: { ports: policyPort, to: peer } }),
      ingress: block({ list: { ports: policyPort, from: peer } }),
    },
  }),
);

const reference = block({ text: 'name' });
const serviceAccount: TypedKind = {
  kind: 'ServiceAccount',
  body: block({
    flag: 'automount_service_account_token',
    one: { metadata },
    blockSet: { image_pull_secret: ['imagePullSecrets', reference], secret: ['secrets', reference] },
    dropped: `${timeouts} default_secret_name`,
  }),
};

const roleRule = (type: 'set' | 'texts'): BlockType =>
  block({ [type]: 'api_groups resources verbs resource_names non_resource_urls' });
const bound = { role_ref: typedReference, metadata };
const binding = (kind: string): TypedKind => ({
  kind,
  body: block({ one: bound, list: { subject: ['subjects', typedReference] }, dropped: 'id' }),
});

/** What others put into an object that is not theirs: such an object has two owners. */
const dataOf = (kind: string, type: 'map' | 'hidden'): TypedKind => ({
  kind,
  body: block({ one: { metadata }, [type]: 'data', dropped: 'id field_manager force' }),
});

const kinds: ReadonlyMap<string, TypedKind> = new Map<string, TypedKind>([
  ...workloads,
  ['service', service],
  [
    'config_map',
    {
      kind: 'ConfigMap',
      body: block({ map: 'data binary_data', flag: 'immutable', one: { metadata }, dropped: 'id' }),
    },
  ],
  ['config_map_v1_data', dataOf('ConfigMap', 'map')],
  [
    'secret',
    {
      kind: 'Secret',
      body: block({
        text: 'type',
        flag: 'immutable',
        hidden: 'data binary_data data_wo binary_data_wo data_wo_revision binary_data_wo_revision',
        one: { metadata },
        dropped: `${timeouts} wait_for_service_account_token`,
      }),
    },
  ],
  ['secret_v1_data', dataOf('Secret', 'hidden')],
  ['ingress', ingress],
  ['ingress_class', object('IngressClass', block({ text: 'controller' }))],
  ['persistent_volume_claim', object('PersistentVolumeClaim', claimSpec, 'wait_until_bound')],
  [
    'persistent_volume',
    object(
      'PersistentVolume',
      block({
        text: 'persistent_volume_reclaim_policy storage_class_name volume_mode',
        set: 'access_modes mount_options',
        map: 'capacity',
        one: { claim_ref: typedReference, node_affinity: block({ one: { required: nodeSelector } }) },
      }),
    ),
  ],
  [
    'namespace',
    {
      kind: 'Namespace',
      body: block({ one: { metadata }, dropped: `${timeouts} wait_for_default_service_account` }),
    },
  ],
  ['horizontal_pod_autoscaler', autoscaler],
  ['service_account', serviceAccount],
  ['default_service_account', serviceAccount],
  ['network_policy', networkPolicy],
  [
    'pod_disruption_budget',
    object('PodDisruptionBudget', block({ either: 'max_unavailable min_available', one: { selector } })),
  ],
  [
    'limit_range',
    object(
      'LimitRange',
      block({
        list: {
          limit: ['limits', block({ text: 'type', map: 'default default_request max max_limit_request_ratio min' })],
        },
      }),
    ),
  ],
  [
    'resource_quota',
    object(
      'ResourceQuota',
      block({
        map: 'hard',
        set: 'scopes',
        one: {
          scope_selector: block({
            list: {
              match_expression: ['matchExpressions', block({ text: 'operator scope_name', set: 'values' })],
            },
          }),
        },
      }),
    ),
  ],
  [
    'role',
    { kind: 'Role', body: block({ one: { metadata }, list: { rule: ['rules', roleRule('set')] }, dropped: 'id' }) },
  ],
  [
    'cluster_role',
    {
      kind: 'ClusterRole',
      body: block({
        one: { metadata, aggregation_rule: block({ list: { cluster_role_selectors: selector } }) },
        list: { rule: ['rules', roleRule('texts')] },
        dropped: 'id',
      }),
    },
  ],
  ['role_binding', binding('RoleBinding')],
  ['cluster_role_binding', binding('ClusterRoleBinding')],
  [
    'storage_class',
    {
      kind: 'StorageClass',
      body: block({
        text: 'storage_provisioner reclaim_policy volume_binding_mode',
        flag: 'allow_volume_expansion',
        set: 'mount_options',
        map: 'parameters',
        one: { metadata },
        dropped: 'id',
      }),
    },
  ],
  [
    'priority_class',
    {
      kind: 'PriorityClass',
      body: block({
        text: 'description preemption_policy',
        number: 'value',
        flag: 'global_default',
        one: { metadata },
        dropped: 'id',
      }),
    },
  ],
]);
