import { type BlockType, block } from './block-type.ts';

/** A pod as the kubernetes provider writes it, with what stands in other objects too: metadata, selectors, claims. */
export const metadata = block({
  text: 'name namespace generate_name',
  map: 'labels annotations',
  dropped: 'generation resource_version uid',
});

const requirement = block({ text: 'key operator', set: 'values' });
export const selector = block({ map: 'match_labels', list: { match_expressions: requirement } });

const nodeSelectorTerm = block({ list: { match_expressions: requirement, match_fields: requirement } });
export const nodeSelector = block({ list: { node_selector_term: ['nodeSelectorTerms', nodeSelectorTerm] } });
const nodeAffinity = block({
  list: {
    preferred_during_scheduling_ignored_during_execution: block({
      number: 'weight',
      one: { preference: nodeSelectorTerm },
    }),
  },
  one: { required_during_scheduling_ignored_during_execution: nodeSelector },
});
const podTerm = block({
  text: 'topology_key',
  set: 'namespaces',
  one: { label_selector: selector, namespace_selector: selector },
});
const podAffinity = block({
  list: {
    preferred_during_scheduling_ignored_during_execution: block({
      number: 'weight',
      one: { pod_affinity_term: podTerm },
    }),
    required_during_scheduling_ignored_during_execution: podTerm,
  },
});
const affinity = block({
  one: { node_affinity: nodeAffinity, pod_affinity: podAffinity, pod_anti_affinity: podAffinity },
});

const namedKey = block({ text: 'name key', flag: 'optional' });
const namedSource = block({ text: 'name', flag: 'optional' });
const fieldRef = block({ text: 'api_version field_path' });
const resourceFieldRef = block({ text: 'container_name resource divisor' });
const variable = block({
  text: 'name value',
  one: {
    value_from: block({
      one: {
        config_map_key_ref: namedKey,
        secret_key_ref: namedKey,
        field_ref: fieldRef,
        resource_field_ref: resourceFieldRef,
      },
    }),
  },
});

const pair = block({ text: 'name value' });
const exec = block({ texts: 'command' });
const httpGet = block({ text: 'host path scheme', either: 'port', list: { http_header: ['httpHeaders', pair] } });
const handlers = { exec, http_get: httpGet, tcp_socket: block({ either: 'port' }) };
const probe = block({
  number: 'failure_threshold initial_delay_seconds period_seconds success_threshold timeout_seconds',
  one: { ...handlers, grpc: block({ number: 'port', text: 'service' }) },
});
const handler = block({ one: handlers });

const seLinux = block({ text: 'level role type user' });
const seccomp = block({ text: 'localhost_profile type' });
const resources = block({ map: 'limits requests' });

const container: BlockType = block({
  text: 'name image image_pull_policy restart_policy termination_message_path termination_message_policy working_dir',
  flag: 'stdin stdin_once tty',
  texts: 'args command',
  list: {
    env: variable,
    env_from: block({ text: 'prefix', one: { config_map_ref: namedSource, secret_ref: namedSource } }),
    port: ['ports', block({ text: 'host_ip name protocol', number: 'container_port host_port' })],
    volume_mount: [
      'volumeMounts',
      block({ text: 'mount_path name mount_propagation sub_path sub_path_expr', flag: 'read_only' }),
    ],
    volume_device: ['volumeDevices', block({ text: 'device_path name' })],
  },
  one: {
    resources,
    lifecycle: block({ one: { post_start: handler, pre_stop: handler } }),
    liveness_probe: probe,
    readiness_probe: probe,
    startup_probe: probe,
    security_context: block({
      flag: 'allow_privilege_escalation privileged read_only_root_filesystem run_as_non_root',
      number: 'run_as_group run_as_user',
      one: { capabilities: block({ texts: 'add drop' }), se_linux_options: seLinux, seccomp_profile: seccomp },
    }),
  },
});

export const claimSpec = block({
  text: 'storage_class_name volume_mode volume_name',
  set: 'access_modes',
  one: { resources, selector },
});

const items = block({ text: 'key path', hidden: 'mode' });
const volume = block({
  text: 'name',
  one: {
    config_map: block({ text: 'name', flag: 'optional', hidden: 'default_mode', list: { items } }),
    secret: block({ text: 'secret_name', flag: 'optional', hidden: 'default_mode', list: { items } }),
    empty_dir: block({ text: 'medium size_limit' }),
    host_path: block({ text: 'path type' }),
    nfs: block({ text: 'path server', flag: 'read_only' }),
    persistent_volume_claim: block({ text: 'claim_name', flag: 'read_only' }),
    csi: block({
      text: 'driver fs_type',
      flag: 'read_only',
      map: 'volume_attributes',
      one: { node_publish_secret_ref: block({ text: 'name' }) },
    }),
    downward_api: [
      'downwardAPI',
      block({
        hidden: 'default_mode',
        list: {
          items: block({
            text: 'path',
            hidden: 'mode',
            one: { field_ref: fieldRef, resource_field_ref: resourceFieldRef },
          }),
        },
      }),
    ],
    ephemeral: block({ one: { volume_claim_template: block({ one: { metadata, spec: claimSpec } }) } }),
  },
});

export const podSpec = block({
  text: 'dns_policy hostname node_name priority_class_name restart_policy runtime_class_name scheduler_name service_account_name subdomain',
  flag: 'automount_service_account_token enable_service_links host_ipc host_network host_pid share_process_namespace',
  number: 'active_deadline_seconds termination_grace_period_seconds',
  map: 'node_selector',
  one: {
    affinity,
    dns_config: block({ texts: 'nameservers searches', list: { option: ['options', pair] } }),
    os: block({ text: 'name' }),
    security_context: block({
      text: 'fs_group_change_policy',
      flag: 'run_as_non_root',
      number: 'fs_group run_as_group run_as_user',
      hidden: 'supplemental_groups',
      list: { sysctl: ['sysctls', pair] },
      one: {
        se_linux_options: seLinux,
        seccomp_profile: seccomp,
        windows_options: block({
          text: 'gmsa_credential_spec gmsa_credential_spec_name run_as_username',
          flag: 'host_process',
        }),
      },
    }),
  },
  list: {
    container: ['containers', container],
    init_container: ['initContainers', container],
    host_aliases: block({ text: 'ip', texts: 'hostnames' }),
    image_pull_secrets: block({ text: 'name' }),
    readiness_gate: ['readinessGates', block({ text: 'condition_type' })],
    toleration: ['tolerations', block({ text: 'effect key operator value', number: 'toleration_seconds' })],
    topology_spread_constraint: [
      'topologySpreadConstraints',
      block({
        text: 'node_affinity_policy node_taints_policy topology_key when_unsatisfiable',
        number: 'max_skew min_domains',
        set: 'match_label_keys',
        one: { label_selector: selector },
      }),
    ],
    volume: ['volumes', volume],
  },
});

export const template = block({ one: { metadata, spec: podSpec } });
