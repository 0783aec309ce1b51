import { stringify } from 'yaml';
import type { WrittenChange } from './plan.fixture.ts';

/** Changes of the types a homelab has, in the shapes their providers give them. */
type Block = Readonly<Record<string, unknown>>;

export function deployment({ image, memory, env }: { image: string; memory: string; env: readonly Block[] }): Block {
  return {
    id: 'mail/relay',
    metadata: [
      { name: 'relay', namespace: 'mail', labels: { app: 'relay' }, generation: 3, resource_version: '40123' },
    ],
    spec: [
      {
        replicas: '1',
        template: [
          {
            spec: [
              {
                container: [
                  { name: 'relay', image, env, resources: [{ limits: { memory }, requests: { memory, cpu: '10m' } }] },
                ],
              },
            ],
          },
        ],
      },
    ],
  };
}

export function deploymentChange(before: Block, after: Block, marks: unknown = {}): WrittenChange {
  return {
    address: 'kubernetes_deployment.relay',
    actions: ['update'],
    before,
    after,
    beforeSensitive: marks,
    afterSensitive: marks,
    afterUnknown: { metadata: [{}], spec: [{ template: [{ spec: [{ container: [{}] }] }] }] },
  };
}

export function secretChange(before: string, after: string): WrittenChange {
  const secret = (password: string): Block => ({
    id: 'mail/relay-login',
    metadata: [{ name: 'relay-login', namespace: 'mail' }],
    data: { password, user: 'relay' },
    type: 'Opaque',
  });
  return {
    address: 'kubernetes_secret.login',
    actions: ['update'],
    before: secret(before),
    after: secret(after),
    beforeSensitive: { data: true },
    afterSensitive: { data: true },
  };
}

export function claimReplaced(): WrittenChange {
  const claim = (storage: string): Block => ({
    metadata: [{ name: 'mail-data', namespace: 'mail' }],
    spec: [{ access_modes: ['ReadWriteOnce'], storage_class_name: 'disk', resources: [{ requests: { storage } }] }],
  });
  return {
    address: 'kubernetes_persistent_volume_claim.data',
    actions: ['delete', 'create'],
    before: claim('20Gi'),
    after: claim('10Gi'),
    replacePaths: [['spec', 0, 'resources', 0, 'requests']],
    more: { action_reason: 'replace_because_cannot_update' },
  };
}

export function namespaceDeleted(): WrittenChange {
  return {
    address: 'kubernetes_namespace.mail',
    actions: ['delete'],
    before: { id: 'mail', metadata: [{ name: 'mail', labels: { tier: 'apps' } }] },
    more: { action_reason: 'delete_because_no_resource_config' },
  };
}

/** As `kubectl_manifest` plans it: the whole body is marked, and repeated by attributes that are not. */
export function manifestChange(before: Block | undefined, after: Block | undefined): WrittenChange {
  const attributes = (body: Block | undefined): Block | undefined =>
    body === undefined
      ? undefined
      : {
          id: '/apis/apps/v1/namespaces/mail/deployments/relay',
          yaml_body: stringify(body),
          yaml_body_parsed: stringify(body),
          yaml_incluster: 'ab12',
          live_manifest_incluster: 'ab12',
          uid: '00000000-0000-4000-8000-000000000001',
          kind: body['kind'],
        };
  const marks = { yaml_body: true, yaml_incluster: true, live_manifest_incluster: true };
  return {
    address: 'kubectl_manifest.relay',
    actions: before === undefined ? ['create'] : after === undefined ? ['delete'] : ['update'],
    before: attributes(before),
    after: attributes(after),
    beforeSensitive: before === undefined ? false : marks,
    afterSensitive: after === undefined ? false : marks,
  };
}

export function workload(memory: string, env: readonly Block[] = []): Block {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'relay', namespace: 'mail' },
    spec: {
      replicas: 1,
      template: { spec: { containers: [{ name: 'relay', image: 'relay:1', env, resources: { limits: { memory } } }] } },
    },
  };
}

export function releaseChange(before: string, after: string): WrittenChange {
  const release = (values: string): Block => ({
    id: 'dashboards',
    name: 'dashboards',
    namespace: 'monitoring',
    chart: 'grafana',
    version: '8.1.0',
    values: [values],
    metadata: [{ revision: 4 }],
  });
  return {
    address: 'helm_release.dashboards',
    actions: ['update'],
    before: release(before),
    after: release(after),
    afterUnknown: { metadata: true, values: [false] },
  };
}

export function vaultSecretChange(before: string, after: string): WrittenChange {
  const secret = (password: string): Block => ({
    mount: 'secret',
    name: 'mail/relay',
    data_json: JSON.stringify({ password, user: 'relay' }),
    data: { password, user: 'relay' },
  });
  return {
    address: 'vault_kv_secret_v2.relay',
    actions: ['update'],
    before: secret(before),
    after: secret(after),
    beforeSensitive: { data_json: true, data: true },
    afterSensitive: { data_json: true, data: true },
  };
}

export function vaultPolicyChange(before: string, after: string): WrittenChange {
  const policy = (rules: string): Block => ({ id: 'reader', name: 'reader', policy: rules });
  return { address: 'vault_policy.reader', actions: ['update'], before: policy(before), after: policy(after) };
}

export function vaultMountDeleted(): WrittenChange {
  return {
    address: 'vault_mount.kv',
    actions: ['delete'],
    before: { path: 'secret', type: 'kv', options: { version: '2' } },
  };
}

export function recordCreated(): WrittenChange {
  return {
    address: 'cloudflare_record.mail',
    actions: ['create'],
    after: { name: 'mail', type: 'A', content: '192.0.2.10', proxied: false, comment: null },
    afterUnknown: { id: true, hostname: true },
  };
}

export function providerChange(clientSecret: string): WrittenChange {
  const provider = (lifetime: string): Block => ({
    name: 'wiki',
    client_id: 'wiki',
    client_secret: clientSecret,
    access_token_validity: lifetime,
  });
  return {
    address: 'authentik_provider_oauth2.wiki',
    actions: ['update'],
    before: provider('minutes=5'),
    after: provider('minutes=10'),
    beforeSensitive: { client_secret: true },
    afterSensitive: { client_secret: true },
  };
}

export function machineReplaced(): WrittenChange {
  const machine = (node: string): Block => ({
    vm_id: 104,
    node_name: node,
    memory: [{ dedicated: 8192 }],
    disk: [{ interface: 'scsi0', size: 64 }],
  });
  return {
    address: 'proxmox_virtual_environment_vm.worker',
    actions: ['create', 'delete'],
    before: machine('alder'),
    after: machine('birch'),
    replacePaths: [['node_name']],
    more: { action_reason: 'replace_because_cannot_update' },
  };
}
