import { randomBytes } from 'node:crypto';
import type { JsonObject, JsonValue } from '../../src/kit/index.ts';
import type { RecordedApi, RecordedObject } from '../../test/recorded/api.ts';

/** The secrets of one test, one for each place they stand in, so that one that comes out says where it was. */
export class PlantedSecrets {
  readonly #values = new Map<string, string>();

  at(place: string): string {
    const known = this.#values.get(place);
    if (known !== undefined) return known;
    const value = `${randomBytes(12).toString('hex')}Q7`;
    this.#values.set(place, value);
    return value;
  }

  /** The places whose secret a text holds, as it is, in base64, or in a URL. */
  foundIn(text: string): readonly string[] {
    return [...this.#values]
      .filter(([, value]) => spellings(value).some((one) => text.includes(one)))
      .map(([place]) => place);
  }
}

function spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  return [value, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url'), bytes.toString('hex')];
}

/** Cursors are read by whoever gets one: what is in them is told. */
export function cursorsIn(text: string): readonly string[] {
  return [...text.matchAll(/\b([\w-]{20,})\.[0-9a-f]{32}\b/g)].map(([, payload = '']) =>
    Buffer.from(payload, 'base64url').toString('utf8'),
  );
}

type Fields = Record<string, JsonValue>;

/** Puts secrets wherever people put them, into every object of every kind, what is printed of them, and every log. */
export function hideSecrets(api: RecordedApi, secrets: PlantedSecrets): void {
  for (const resource of api.resources) {
    const items = api.objects(resource);
    for (const [index, object] of items.entries()) {
      const kind = api.kindOf(resource);
      items[index] = withSecrets(object as unknown as Fields, kind, secrets) as unknown as RecordedObject;
    }
    printSecrets(api, resource, secrets);
  }
  for (const pod of api.objects('pods')) {
    const { name, namespace = '' } = pod.metadata;
    for (const container of containersIn(pod)) {
      for (const previous of [false, true]) {
        api.log({ namespace, pod: name, container, previous }, logLines(secrets, api.at));
      }
    }
  }
}

function withSecrets(object: Fields, kind: string, secrets: PlantedSecrets): Fields {
  const whole = inside(object, '', secrets) as Fields;
  const metadata = whole['metadata'] as Fields;
  return {
    ...whole,
    metadata: {
      ...metadata,
      annotations: { ...(metadata['annotations'] as JsonObject | undefined), ...annotations(secrets) },
      managedFields: [
        ...((metadata['managedFields'] as readonly JsonValue[] | undefined) ?? []),
        {
          manager: 'kubectl-edit',
          operation: 'Update',
          time: '2026-11-25T20:00:00Z',
          fieldsV1: {
            'f:data': { [`f:${secrets.at('managed field')}`]: {}, [`k:{"name":"${secrets.at('managed key')}"}`]: {} },
          },
        },
      ],
    },
    ...(kind === 'ConfigMap' ? { data: configuration(secrets), binaryData: { key: secrets.at('binary data') } } : {}),
    ...(customKinds.test(kind) ? { spec: { ...(whole['spec'] as JsonObject | undefined), ...custom(secrets) } } : {}),
  };
}

const customKinds =
  /^(?:Certificate|Cluster|ExternalSecret|ClusterSecretStore|SecretStore|IngressRoute|Issuer|ClusterIssuer|ScaledObject|TraefikService|Backup|HTTPRoute|ReplicationSource)$/;

function annotations(secrets: PlantedSecrets): JsonObject {
  return {
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ spec: { key: secrets.at('last applied') } }),
    'objectset.rio.cattle.io/applied': secrets.at('applied'),
    'example.net/db-password': secrets.at('annotation by name'),
    'example.net/note': `token=${secrets.at('annotation by form')}`,
    'example.net/snippet': `proxy_set_header Authorization "Bearer ${secrets.at('annotation header')}";`,
    'example.net/url': `https://admin:${secrets.at('annotation url')}@git.example.net/x`,
  };
}

function configuration(secrets: PlantedSecrets): JsonObject {
  return {
    'app.yaml': `db:\n  host: db.example.net\n  pass: ${secrets.at('config map')}`,
    PLAIN: secrets.at('config map value'),
  };
}

function custom(secrets: PlantedSecrets): JsonObject {
  return {
    password: secrets.at('custom password'),
    auth: { token: secrets.at('custom token'), basicAuth: { users: [`admin:${secrets.at('custom users')}`] } },
    smtp: { pass: secrets.at('custom pass'), pw: secrets.at('custom pw'), user: 'app' },
    wifi: { psk: secrets.at('custom psk') },
    settings: [
      { key: 'rootPass', value: secrets.at('custom key and value') },
      { name: 'jwt', value: secrets.at('custom jwt') },
    ],
    apiKey: [{ name: 'x', value: secrets.at('custom list') }],
    connection: `postgres://app:${secrets.at('custom url')}@db.example.net/app`,
    headers: { customRequestHeaders: { Authorization: `Bearer ${secrets.at('custom header')}` } },
    parameters: [{ name: 'adminPassword', value: secrets.at('custom parameter') }],
    env: [{ name: 'ANYTHING', value: secrets.at('custom env') }],
    extraEnvVars: { PLAIN: secrets.at('custom env map') },
    values: { redis: { auth: { password: secrets.at('custom values') } } },
    key: `-----BEGIN PRIVATE KEY-----\n${secrets.at('custom pem')}\n-----END PRIVATE KEY-----`,
    stringData: { plain: secrets.at('custom data') },
  };
}

/** Messages, and containers wherever a template stands. */
function inside(value: JsonValue, field: string, secrets: PlantedSecrets): JsonValue {
  if (typeof value === 'string') {
    return /^(?:message|note|error|phaseReason|reason|description)$/.test(field) && /\s/.test(value)
      ? `${value} ${said(secrets)}`
      : value;
  }
  if (Array.isArray(value)) {
    const items = value.map((item: JsonValue) => inside(item, field, secrets));
    return /^(?:initC|c)ontainers$/.test(field) ? items.map((item) => withVariables(item as Fields, secrets)) : items;
  }
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inside(item, key, secrets)]));
}

function said(secrets: PlantedSecrets): string {
  return [
    `login with password=${secrets.at('message by name')} refused`,
    `dial postgres://app:${secrets.at('message url')}@db.example.net/app`,
    `header "Authorization: Bearer ${secrets.at('message header')}"`,
    `body {"client_secret":"${secrets.at('message json')}"}`,
  ].join('; ');
}

function withVariables(container: Fields, secrets: PlantedSecrets): Fields {
  const command = [
    'sh',
    '-c',
    `curl -H "Authorization: Bearer ${secrets.at('probe')}" -u admin:${secrets.at('probe user')}`,
  ];
  return {
    ...container,
    env: [
      ...((container['env'] as readonly JsonValue[] | undefined) ?? []),
      { name: 'DB_PASSWORD', value: secrets.at('env by name') },
      { name: 'GREETING', value: secrets.at('env under a plain name') },
      { name: 'DSN', value: `postgres://app:${secrets.at('env url')}@db.example.net/app` },
    ],
    args: [
      '--password',
      secrets.at('argument behind its flag'),
      `--api-token=${secrets.at('argument')}`,
      '-u',
      `admin:${secrets.at('argument user')}`,
      '--requirepass',
      secrets.at('argument of redis'),
      'mysql',
      `-p${secrets.at('argument of mysql')}`,
      `sh -c "vault login ${secrets.at('argument of vault')}"`,
      `--url=https://app:${secrets.at('argument url')}@x.example.net`,
    ],
    livenessProbe: { exec: { command } },
    readinessProbe: {
      httpGet: {
        path: '/',
        port: 80,
        httpHeaders: [{ name: 'Authorization', value: `Bearer ${secrets.at('probe header')}` }],
      },
    },
    lifecycle: { preStop: { exec: { command } } },
  };
}

function printSecrets(api: RecordedApi, resource: string, secrets: PlantedSecrets): void {
  const printed = api.printed(resource);
  for (const name of ['Password', 'Token', 'Address', 'SMTP Pass']) {
    printed.columns.push({ name, type: 'string', format: '', description: '', priority: 0 });
  }
  for (const cells of Object.values(printed.cells)) {
    const url = `https://app:${secrets.at('printed url')}@x.example.net`;
    cells.push(secrets.at('printed password'), secrets.at('printed token'), url, secrets.at('printed pass'));
  }
}

function logLines(secrets: PlantedSecrets, at: Date): readonly string[] {
  const lines = [
    `ERROR login failed password=${secrets.at('log by name')}`,
    `ERROR request Authorization: Bearer ${secrets.at('log header')}`,
    `{"level":"error","msg":"x","client_secret":"${secrets.at('log json')}"}`,
    `ERROR dial postgres://app:${secrets.at('log url')}@db.example.net/app`,
    `ERROR login failed password=${secrets.at('log by name')}`,
  ];
  return lines.map((line, index) => `${new Date(at.getTime() - 60_000 + index * 1_000).toISOString()} ${line}`);
}

function containersIn(pod: RecordedObject): readonly string[] {
  const { containers = [], initContainers = [] } = pod['spec'] as {
    readonly containers?: readonly { readonly name: string }[];
    readonly initContainers?: readonly { readonly name: string }[];
  };
  return [...initContainers, ...containers].map(({ name }) => name);
}
