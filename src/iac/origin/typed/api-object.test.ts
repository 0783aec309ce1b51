import { describe, expect, it } from 'vitest';
import { declaredOf, fieldsOf } from '../declared.fixture.ts';

const named = 'metadata {\n  name = "a"\n}\n';
const resource = (type: string, body: string): string => `resource "${type}" "a" {\n${named}${body}\n}\n`;

/** Every field but the name. */
async function made(type: string, body: string): Promise<Readonly<Record<string, unknown>>> {
  const [one] = await declaredOf(resource(type, body));
  const { 'metadata.name': name, ...fields } = one === undefined ? {} : fieldsOf(one);
  expect(name).toBe('a');
  return fields;
}

const pod = (inside: string): string => `spec {\n  template {\n    spec {\n${inside}\n    }\n  }\n}`;
const container = (inside: string): string => pod(`container {\n${inside}\n}`);

/** Of a Deployment’s pods, beginning at their spec. */
async function podOf(body: string): Promise<Readonly<Record<string, unknown>>> {
  const fields = await made('kubernetes_deployment_v1', body);
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [field.replace('spec.template.spec.', ''), value]),
  );
}

describe('a pod', () => {
  it.each<[string, string, Record<string, unknown>]>([
    [
      'containers',
      'container {\n name = "x"\n image = "i:1"\n args = ["-a"]\n}',
      { 'containers[0].name': 'x', 'containers[0].image': 'i:1', 'containers[0].args[0]': '-a' },
    ],
    [
      'several of them',
      'container {\n name = "x"\n}\ncontainer {\n name = "y"\n}',
      { 'containers[0].name': 'x', 'containers[1].name': 'y' },
    ],
    [
      'init containers',
      'init_container {\n name = "x"\n restart_policy = "Always"\n}',
      { 'initContainers[0].name': 'x', 'initContainers[0].restartPolicy': 'Always' },
    ],
    [
      'tolerations',
      'toleration {\n key = "k"\n toleration_seconds = "30"\n}',
      { 'tolerations[0].key': 'k', 'tolerations[0].tolerationSeconds': 30 },
    ],
    ['pull secrets', 'image_pull_secrets {\n name = "r"\n}', { 'imagePullSecrets[0].name': 'r' }],
    [
      'aliases of hosts',
      'host_aliases {\n ip = "192.0.2.1"\n hostnames = ["a.example.net"]\n}',
      { 'hostAliases[0].ip': '192.0.2.1', 'hostAliases[0].hostnames[0]': 'a.example.net' },
    ],
    [
      'words that are no camel case',
      'host_ipc = true\nhost_pid = false\nhost_network = true',
      { hostIPC: true, hostPID: false, hostNetwork: true },
    ],
    ['a node selector', 'node_selector = { "example.net/disk" = "fast" }', { 'nodeSelector.example.net/disk': 'fast' }],
    [
      'a security context',
      'security_context {\n run_as_user = "1000"\n fs_group = 2000\n supplemental_groups = [1]\n}',
      { 'securityContext.runAsUser': 1000, 'securityContext.fsGroup': 2000, 'securityContext.supplementalGroups': '?' },
    ],
    [
      'spread',
      'topology_spread_constraint {\n max_skew = 1\n label_selector {\n match_labels = { a = "b" }\n }\n}',
      { 'topologySpreadConstraints[0].maxSkew': 1, 'topologySpreadConstraints[0].labelSelector.matchLabels.a': 'b' },
    ],
    [
      'affinity',
      'affinity {\n node_affinity {\n required_during_scheduling_ignored_during_execution {\n node_selector_term {\n match_expressions {\n key = "k"\n operator = "In"\n values = ["v"]\n }\n }\n }\n }\n pod_anti_affinity {\n preferred_during_scheduling_ignored_during_execution {\n weight = 5\n pod_affinity_term {\n topology_key = "t"\n }\n }\n }\n}',
      {
        'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key':
          'k',
        'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator':
          'In',
        'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values[0]':
          'v',
        'affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight': 5,
        'affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey': 't',
      },
    ],
    [
      'volumes',
      'volume {\n name = "v"\n persistent_volume_claim {\n claim_name = "c"\n }\n}\nvolume {\n name = "w"\n empty_dir {\n size_limit = "1Gi"\n }\n}',
      {
        'volumes[0].name': 'v',
        'volumes[0].persistentVolumeClaim.claimName': 'c',
        'volumes[1].name': 'w',
        'volumes[1].emptyDir.sizeLimit': '1Gi',
      },
    ],
    [
      'a mode, which the API has as another number',
      'volume {\n name = "v"\n config_map {\n name = "c"\n default_mode = "0440"\n items {\n key = "k"\n path = "p"\n mode = "0400"\n }\n }\n}',
      {
        'volumes[0].name': 'v',
        'volumes[0].configMap.name': 'c',
        'volumes[0].configMap.defaultMode': '?',
        'volumes[0].configMap.items[0].key': 'k',
        'volumes[0].configMap.items[0].path': 'p',
        'volumes[0].configMap.items[0].mode': '?',
      },
    ],
    [
      'a volume of a kind that is not known here',
      'volume {\n name = "v"\n iscsi {\n iqn = "q"\n }\n}',
      { 'volumes[0].name': 'v', 'volumes[0].iscsi': '?' },
    ],
  ])('has %s', async (_, inside, fields) => {
    expect(await podOf(pod(inside))).toEqual(fields);
  });
});

describe('a container', () => {
  it.each<[string, string, Record<string, unknown>]>([
    [
      'variables',
      'env {\n name = "A"\n value = 5\n}\nenv {\n name = "B"\n value_from {\n config_map_key_ref {\n name = "c"\n key = "k"\n }\n }\n}',
      {
        'env[0].name': 'A',
        'env[0].value': '5',
        'env[1].name': 'B',
        'env[1].valueFrom.configMapKeyRef.name': 'c',
        'env[1].valueFrom.configMapKeyRef.key': 'k',
      },
    ],
    [
      'variables of a whole map',
      'env_from {\n prefix = "P_"\n secret_ref {\n name = "s"\n }\n}',
      { 'envFrom[0].prefix': 'P_', 'envFrom[0].secretRef.name': 's' },
    ],
    [
      'ports',
      'port {\n name = "http"\n container_port = "8080"\n host_ip = "192.0.2.1"\n}',
      { 'ports[0].name': 'http', 'ports[0].containerPort': 8080, 'ports[0].hostIP': '192.0.2.1' },
    ],
    [
      'mounts',
      'volume_mount {\n name = "v"\n mount_path = "/v"\n read_only = true\n}\nvolume_device {\n name = "d"\n device_path = "/dev/x"\n}',
      {
        'volumeMounts[0].name': 'v',
        'volumeMounts[0].mountPath': '/v',
        'volumeMounts[0].readOnly': true,
        'volumeDevices[0].name': 'd',
        'volumeDevices[0].devicePath': '/dev/x',
      },
    ],
    [
      'resources, whose keys are somebody’s own',
      'resources {\n limits = { cpu = 1, "example.net/card_one" = "2" }\n requests = { memory = "1Gi" }\n}',
      { 'resources.limits.cpu': '1', 'resources.limits.example.net/card_one': '2', 'resources.requests.memory': '1Gi' },
    ],
    [
      'probes',
      'liveness_probe {\n failure_threshold = 3\n http_get {\n port = "http"\n http_header {\n name = "H"\n value = "1"\n }\n }\n}\nstartup_probe {\n tcp_socket {\n port = "80"\n }\n}\nreadiness_probe {\n grpc {\n port = 9\n }\n}',
      {
        'livenessProbe.failureThreshold': 3,
        'livenessProbe.httpGet.port': 'http',
        'livenessProbe.httpGet.httpHeaders[0].name': 'H',
        'livenessProbe.httpGet.httpHeaders[0].value': '1',
        'startupProbe.tcpSocket.port': 80,
        'readinessProbe.grpc.port': 9,
      },
    ],
    [
      'a lifecycle of its own',
      'lifecycle {\n pre_stop {\n exec {\n command = ["sleep", "5"]\n }\n }\n}',
      { 'lifecycle.preStop.exec.command[0]': 'sleep', 'lifecycle.preStop.exec.command[1]': '5' },
    ],
    [
      'a security context',
      'security_context {\n privileged = "true"\n capabilities {\n drop = ["ALL"]\n }\n}',
      { 'securityContext.privileged': true, 'securityContext.capabilities.drop[0]': 'ALL' },
    ],
  ])('has %s', async (_, inside, fields) => {
    const told = await podOf(container(inside));
    expect(told).toEqual(
      Object.fromEntries(Object.entries(fields).map(([field, value]) => [`containers[0].${field}`, value])),
    );
  });
});

describe('an object', () => {
  it.each<[string, string, Record<string, unknown>]>([
    [
      'kubernetes_deployment',
      'spec {\n replicas = "3"\n strategy {\n rolling_update {\n max_surge = "1"\n max_unavailable = "10%"\n }\n }\n selector {\n match_labels = { a = "b" }\n match_expressions {\n key = "k"\n operator = "Exists"\n }\n }\n}',
      {
        'spec.replicas': 3,
        'spec.strategy.rollingUpdate.maxSurge': 1,
        'spec.strategy.rollingUpdate.maxUnavailable': '10%',
        'spec.selector.matchLabels.a': 'b',
        'spec.selector.matchExpressions[0].key': 'k',
        'spec.selector.matchExpressions[0].operator': 'Exists',
      },
    ],
    [
      'kubernetes_daemonset',
      'spec {\n strategy {\n type = "OnDelete"\n }\n}',
      { 'spec.updateStrategy.type': 'OnDelete' },
    ],
    [
      'kubernetes_stateful_set',
      'spec {\n replicas = 1\n update_strategy {\n rolling_update {\n partition = 2\n }\n }\n persistent_volume_claim_retention_policy {\n when_scaled = "Retain"\n }\n volume_claim_template {\n metadata {\n name = "d"\n }\n spec {\n access_modes = ["ReadWriteOnce"]\n }\n }\n}',
      {
        'spec.replicas': 1,
        'spec.updateStrategy.rollingUpdate.partition': 2,
        'spec.persistentVolumeClaimRetentionPolicy.whenScaled': 'Retain',
        'spec.volumeClaimTemplates[0].metadata.name': 'd',
        'spec.volumeClaimTemplates[0].spec.accessModes[0]': 'ReadWriteOnce',
      },
    ],
    [
      'kubernetes_cron_job_v1',
      'spec {\n schedule = "0 3 * * *"\n timezone = "Etc/UTC"\n suspend = true\n job_template {\n spec {\n backoff_limit = 2\n template {\n spec {\n container {\n image = "i"\n }\n }\n }\n }\n }\n}',
      {
        'spec.schedule': '0 3 * * *',
        'spec.timeZone': 'Etc/UTC',
        'spec.suspend': true,
        'spec.jobTemplate.spec.backoffLimit': 2,
        'spec.jobTemplate.spec.template.spec.containers[0].image': 'i',
      },
    ],
    [
      'kubernetes_job',
      'wait_for_completion = true\ntimeouts {\n create = "5m"\n}\nspec {\n ttl_seconds_after_finished = "60"\n pod_failure_policy {\n rule {\n action = "Ignore"\n on_pod_condition {\n type = "DisruptionTarget"\n }\n }\n }\n}',
      {
        'spec.ttlSecondsAfterFinished': 60,
        'spec.podFailurePolicy.rules[0].action': 'Ignore',
        'spec.podFailurePolicy.rules[0].onPodConditions[0].type': 'DisruptionTarget',
      },
    ],
    [
      'kubernetes_service',
      'spec {\n cluster_ip = "None"\n external_ips = ["192.0.2.1", "192.0.2.2"]\n selector = { app = "a" }\n port {\n port = 80\n target_port = "http"\n node_port = 30080\n }\n}',
      {
        'spec.clusterIP': 'None',
        'spec.externalIPs': '?',
        'spec.selector.app': 'a',
        'spec.ports[0].port': 80,
        'spec.ports[0].targetPort': 'http',
        'spec.ports[0].nodePort': 30080,
      },
    ],
    [
      'kubernetes_config_map',
      'data = { "a.b" = "1", c = 2 }\nimmutable = true',
      { 'data.a.b': '1', 'data.c': '2', immutable: true },
    ],
    ['kubernetes_secret', 'type = "Opaque"\ndata = { a = "plain" }', { type: 'Opaque', data: '?' }],
    [
      'kubernetes_ingress_v1',
      'spec {\n ingress_class_name = "outer"\n rule {\n host = "a.example.net"\n http {\n path {\n path = "/"\n backend {\n service {\n name = "a"\n port {\n number = 80\n }\n }\n }\n }\n }\n }\n tls {\n hosts = ["a.example.net"]\n secret_name = "t"\n }\n}',
      {
        'spec.ingressClassName': 'outer',
        'spec.rules[0].host': 'a.example.net',
        'spec.rules[0].http.paths[0].path': '/',
        'spec.rules[0].http.paths[0].backend.service.name': 'a',
        'spec.rules[0].http.paths[0].backend.service.port.number': 80,
        'spec.tls[0].hosts[0]': 'a.example.net',
        'spec.tls[0].secretName': 't',
      },
    ],
    [
      'kubernetes_persistent_volume_claim',
      'wait_until_bound = false\nspec {\n access_modes = ["ReadWriteOnce", "ReadOnlyMany"]\n storage_class_name = "fast"\n resources {\n requests = { storage = "5Gi" }\n }\n}',
      { 'spec.accessModes': '?', 'spec.storageClassName': 'fast', 'spec.resources.requests.storage': '5Gi' },
    ],
    [
      'kubernetes_persistent_volume',
      'spec {\n capacity = { storage = "5Gi" }\n persistent_volume_source {\n nfs {\n path = "/"\n }\n }\n}',
      { 'spec.capacity.storage': '5Gi', 'spec.persistentVolumeSource': '?' },
    ],
    ['kubernetes_namespace', '', {}],
    [
      'kubernetes_horizontal_pod_autoscaler_v2',
      'spec {\n min_replicas = 1\n max_replicas = 4\n scale_target_ref {\n kind = "Deployment"\n name = "a"\n }\n metric {\n type = "Resource"\n resource {\n name = "cpu"\n target {\n type = "Utilization"\n average_utilization = 70\n }\n }\n }\n behavior {\n scale_down {\n policy {\n value = 1\n }\n }\n }\n}',
      {
        'spec.minReplicas': 1,
        'spec.maxReplicas': 4,
        'spec.scaleTargetRef.kind': 'Deployment',
        'spec.scaleTargetRef.name': 'a',
        'spec.metrics[0].type': 'Resource',
        'spec.metrics[0].resource.name': 'cpu',
        'spec.metrics[0].resource.target.type': 'Utilization',
        'spec.metrics[0].resource.target.averageUtilization': 70,
        'spec.behavior.scaleDown.policies[0].value': 1,
      },
    ],
    [
      'kubernetes_service_account',
      'automount_service_account_token = false\nimage_pull_secret {\n name = "r"\n}\nsecret {\n name = "s"\n}\nsecret {\n name = "t"\n}',
      { automountServiceAccountToken: false, 'imagePullSecrets[0].name': 'r', secrets: '?' },
    ],
    [
      'kubernetes_network_policy',
      'spec {\n policy_types = ["Ingress"]\n pod_selector {}\n ingress {\n ports {\n port = "8080"\n }\n from {\n ip_block {\n cidr = "192.0.2.0/24"\n }\n }\n }\n}',
      {
        'spec.policyTypes[0]': 'Ingress',
        'spec.ingress[0].ports[0].port': 8080,
        'spec.ingress[0].from[0].ipBlock.cidr': '192.0.2.0/24',
      },
    ],
    [
      'kubernetes_pod_disruption_budget_v1',
      'spec {\n min_available = "50%"\n max_unavailable = 1\n}',
      { 'spec.minAvailable': '50%', 'spec.maxUnavailable': 1 },
    ],
    [
      'kubernetes_limit_range',
      'spec {\n limit {\n type = "Container"\n default_request = { cpu = "10m" }\n }\n}',
      { 'spec.limits[0].type': 'Container', 'spec.limits[0].defaultRequest.cpu': '10m' },
    ],
    [
      'kubernetes_resource_quota',
      'spec {\n hard = { pods = 10 }\n scope_selector {\n match_expression {\n operator = "Exists"\n scope_name = "Terminating"\n }\n }\n}',
      {
        'spec.hard.pods': '10',
        'spec.scopeSelector.matchExpressions[0].operator': 'Exists',
        'spec.scopeSelector.matchExpressions[0].scopeName': 'Terminating',
      },
    ],
    [
      'kubernetes_role',
      'rule {\n api_groups = [""]\n verbs = ["get", "list"]\n}',
      { 'rules[0].apiGroups[0]': '', 'rules[0].verbs': '?' },
    ],
    [
      'kubernetes_cluster_role',
      'rule {\n verbs = ["get", "list"]\n non_resource_urls = ["/x"]\n}',
      { 'rules[0].verbs[0]': 'get', 'rules[0].verbs[1]': 'list', 'rules[0].nonResourceURLs[0]': '/x' },
    ],
    [
      'kubernetes_role_binding',
      'role_ref {\n kind = "Role"\n name = "r"\n}\nsubject {\n kind = "User"\n name = "u"\n}',
      { 'roleRef.kind': 'Role', 'roleRef.name': 'r', 'subjects[0].kind': 'User', 'subjects[0].name': 'u' },
    ],
    [
      'kubernetes_storage_class',
      'storage_provisioner = "example.net/disk"\nparameters = { a = "b" }',
      { provisioner: 'example.net/disk', 'parameters.a': 'b' },
    ],
    ['kubernetes_priority_class', 'value = 100\nglobal_default = false', { value: 100, globalDefault: false }],
  ])('of %s has the names of the API', async (type, body, fields) => {
    expect(await made(type, body)).toEqual(fields);
  });

  it('has nothing of what the engine or the provider are told', async () => {
    const body =
      'count = 1\nprovider = kubernetes.other\ndepends_on = [terraform_data.x]\nwait_for_rollout = false\nlifecycle {\n prevent_destroy = true\n}\nspec {\n replicas = null\n}';
    expect(await made('kubernetes_deployment_v1', body)).toEqual({});
  });
});

describe('what is not certain is computed, and never absent', () => {
  it.each<[string, string, string]>([
    ['a field that is not known', 'spec {\n replica_count = 3\n}', 'spec.replicaCount'],
    ['a block that is not known', 'spec {\n sidecar {\n name = "x"\n }\n}', 'spec.sidecar'],
    ['a block that is there twice and can be only once', 'spec {\n template {}\n template {}\n}', 'spec.template'],
    ['a number that is none', 'spec {\n replicas = "three"\n}', 'spec.replicas'],
    ['a number that begins with a zero', 'spec {\n replicas = "03"\n}', 'spec.replicas'],
    ['a flag that is none', 'spec {\n paused = "yes"\n}', 'spec.paused'],
    ['a map that is none', 'spec {\n selector {\n match_labels = "a"\n }\n}', 'spec.selector.matchLabels'],
    ['a map with a null', 'spec {\n selector {\n match_labels = { a = null }\n }\n}', 'spec.selector.matchLabels.a'],
    ['an attribute where blocks belong', 'spec = "a"', 'spec'],
    ['a list that is none', container('args = "a"'), 'spec.template.spec.containers[0].args'],
  ])('%s', async (_, body, field) => {
    expect((await made('kubernetes_deployment_v1', body))[field]).toBe('?');
  });
});
