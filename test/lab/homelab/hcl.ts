import { claimName, type HomelabApp, hostOf, type Stack, secretName, vaultPath } from './model.ts';

/** The Terraform of one stack, in the words of the modules beside it. */

/** Tier 0 says its order in one list, the others in a block each: both are found in the wild, and both must be understood. */
export function terragruntFile(stack: Stack): string {
  const include = ['include "root" {', '  path = find_in_parent_folders("root.hcl")', '}'];
  const order =
    stack.tier === 0
      ? stack.needs.length === 0
        ? []
        : ['', 'dependencies {', `  paths = [${stack.needs.map((name) => text(`../${name}`)).join(', ')}]`, '}']
      : stack.needs.flatMap((name) => [
          '',
          `dependency ${text(name)} {`,
          `  config_path  = ${text(`../${name}`)}`,
          '  skip_outputs = true',
          '}',
        ]);
  return [...include, ...order, ''].join('\n');
}

export function stackFile(stack: Stack): string {
  return [
    `# ${stack.about}`,
    ...stack.namespaces.map((name, index) => namespaceBlock(stack, name, index)),
    ...stack.apps.flatMap((app) => appBlocks(stack, app)),
    ...(extras[stack.name]?.() ?? []),
  ]
    .map((block) => `${block}\n`)
    .join('\n');
}

/** What one stack has and no other. */
const extras: Readonly<Record<string, () => readonly string[]>> = {
  secrets: () => [
    manifest('store', ['apiVersion = "external-secrets.io/v1"', 'kind = "ClusterSecretStore"'], 'name = "vault"', [
      'provider = { vault = { server = "https://vault.example.net", path = "secret", version = "v2" } }',
    ]),
  ],
  databases: () => [
    manifest(
      'cluster',
      ['apiVersion = "postgresql.cnpg.io/v1"', 'kind = "Cluster"'],
      'name = "shared", namespace = module.namespace.name',
      ['instances = 3', 'storage = { size = "20Gi", storageClass = "lab-disk" }'],
    ),
  ],
};

function manifest(id: string, type: readonly string[], metadata: string, spec: readonly string[]): string {
  return [
    `resource "kubectl_manifest" "${id}" {`,
    '  server_side_apply = true',
    '  yaml_body = yamlencode({',
    ...type.map((line) => `    ${line}`),
    `    metadata = { ${metadata} }`,
    '    spec = {',
    ...spec.map((line) => `      ${line}`),
    '    }',
    '  })',
    '}',
  ].join('\n');
}

function namespaceBlock(stack: Stack, name: string, index: number): string {
  const quota =
    index === stack.namespaces.length - 1 && stack.memoryQuota !== undefined ? stack.memoryQuota : undefined;
  return block('module', namespaceModule(index), {
    source: '"../../modules/namespace"',
    name: text(name),
    tier: text(stack.limits),
    ...(quota === undefined ? {} : { memory_quota: text(quota) }),
  });
}

function appBlocks(stack: Stack, app: HomelabApp): string[] {
  const namespace = `module.${namespaceModule(stack.namespaces.indexOf(app.namespace))}.name`;
  const id = app.name.replaceAll('-', '_');
  const secret = app.secretKeys === undefined ? undefined : `module.${id}_secret.secret`;
  return [
    block('module', id, {
      '#': app.does,
      source: '"../../modules/app"',
      name: text(app.name),
      namespace,
      image: text(imageOf(stack, app)),
      replicas: String(app.replicas),
      memory: text(app.memory),
      ...(app.minAvailable === undefined ? {} : { min_available: String(app.minAvailable) }),
      ...(app.claim === undefined ? {} : { claim: text(claimName(app)) }),
      ...(app.fault === undefined ? {} : { pod_labels: `{ "castellan.example/fault" = ${text(app.fault)} }` }),
      env: `{ LOG_LEVEL = "info", TZ = "Etc/UTC" }`,
      ...(secret === undefined ? {} : { secret_env: secretEnvironment(app.secretKeys ?? [], secret) }),
    }),
    ...(app.claim === undefined ? [] : [claimBlock(app, id, namespace), ...backupBlock(app, id, namespace)]),
    ...(app.secretKeys === undefined
      ? []
      : [
          block('module', `${id}_secret`, {
            source: '"../../modules/external_secret"',
            name: text(secretName(app)),
            namespace,
            path: text(vaultPath(stack, app)),
            keys: `[${app.secretKeys.map(text).join(', ')}]`,
          }),
        ]),
    ...(app.route === undefined
      ? []
      : [
          block('module', `${id}_ingress`, {
            source: '"../../modules/ingress_factory"',
            name: text(app.name),
            namespace,
            host: text(hostOf(app)),
            service: text(app.route.service ?? app.name),
            ...(app.route.protected ? {} : { '#': 'has a login of its own', protected: 'false' }),
          }),
        ]),
  ];
}

export function imageOf(stack: Stack, app: HomelabApp): string {
  return `registry.example.net/${stack.name}/${app.name}:${app.tag}`;
}

function claimBlock(app: HomelabApp, id: string, namespace: string): string {
  return manifest(
    `${id}_data`,
    ['apiVersion = "v1"', 'kind = "PersistentVolumeClaim"'],
    `name = ${text(claimName(app))}, namespace = ${namespace}`,
    [
      'accessModes = ["ReadWriteOnce"]',
      'storageClassName = "lab-disk"',
      `resources = { requests = { storage = ${text(app.claim?.size ?? '')} } }`,
    ],
  );
}

function backupBlock(app: HomelabApp, id: string, namespace: string): string[] {
  if (app.claim === undefined || app.claim.backup === 'none') return [];
  return [
    block('module', `${id}_backup`, {
      source: '"../../modules/backup_cronjob"',
      name: text(`${app.name}-backup`),
      namespace,
      claim: text(claimName(app)),
      schedule: text(quietHour()),
      ...(app.claim.backup === 'suspended' ? { suspend: 'true' } : {}),
    }),
  ];
}

/** Eleven hours from now: no lab lives long enough for a backup to run and add a pod. */
function quietHour(): string {
  return `17 ${(new Date().getUTCHours() + 11) % 24} * * *`;
}

function secretEnvironment(keys: readonly string[], secret: string): string {
  const lines = keys.map((key) => `    ${key.toUpperCase()} = { secret = ${secret}, key = ${text(key)} }`);
  return ['{', ...lines, '  }'].join('\n');
}

function namespaceModule(index: number): string {
  return index === 0 ? 'namespace' : `namespace_${index + 1}`;
}

/** A block; the key `#` is a comment above what follows it. */
function block(kind: string, name: string, attributes: Readonly<Record<string, string>>): string {
  const lines = Object.entries(attributes).map(([key, value]) =>
    key === '#' ? `  # ${value}` : `  ${key} = ${value}`,
  );
  return [`${kind} "${name}" {`, ...lines, '}'].join('\n');
}

function text(value: string): string {
  return JSON.stringify(value);
}
