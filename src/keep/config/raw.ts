import { isIP } from 'node:net';
import { z } from 'zod';
import { vaultConnection, webAddress } from './vault-connection.ts';

/**
 * What may be typed in keep.yaml. Every path is absolute, no key takes a secret (only the file that holds it), and a default
 * stands here and nowhere else.
 */
const path = z.string().regex(/^\/[^\0\r\n]*$/, 'takes an absolute path');
const secretFile = z
  .string()
  .regex(/^\/[^\0\r\n]+$/, 'takes the absolute path of the file that holds the secret, never the secret itself');
const glob = z.string().regex(/^[^\0\r\n/][^\0\r\n]{0,199}$/, 'takes a pattern like stacks/*/*.tf');
const globs = z.array(glob).max(200);
const host = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, 'takes a host name or an address')
  .or(z.string().refine((text) => isIP(text) !== 0, 'takes a host name or an address'));
const port = z.int().min(1).max(65_535);
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'takes the name of a variable');
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'takes a short lower-case name');
const commit = z.string().regex(/^[0-9a-f]{40}$/, 'takes a full commit id, 40 hex digits');
const context = z.string().min(1).max(253).optional().describe('the context; default: the current one');

const postgres = z.strictObject({
  host: z
    .string()
    .regex(/^[A-Za-z0-9._:/-]{1,255}$/, 'takes a host name, an address, or the folder of a socket')
    .describe('host name, address, or the folder of its socket'),
  port: port.default(5432).describe('its port'),
  database: z.string().min(1).max(63).describe("the keep's own database, which is there already"),
  user: z.string().min(1).max(63).describe("a role that the daemon's user cannot log in as"),
  passwordFrom: secretFile.optional().describe('the file that holds the password'),
  tls: z.enum(['disable', 'require', 'verify-full']).default('verify-full').describe('as in castellan.yaml'),
  caFile: path.optional().describe('the CA that signed the server'),
});

const repository = z.strictObject({
  url: z
    .string()
    .regex(/^(https:\/\/|ssh:\/\/|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:|\/)[^\0\s]+$/, 'takes https, ssh or an absolute path')
    .describe('https, ssh, or an absolute path'),
  branch: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/, 'takes the name of a branch')
    .default('main')
    .describe('the branch whose commits may be adopted'),
  sshKeyFile: path.optional().describe('a deploy key that only reads'),
  knownHostsFile: path.optional().describe('the host keys that are trusted; needed with ssh'),
  tokenFrom: secretFile.optional().describe('the file that holds the password of an https remote'),
  push: z
    .strictObject({
      sshKeyFile: path.optional().describe('a deploy key that writes'),
      tokenFrom: secretFile
        .optional()
        .describe('the file that holds the password of an https remote, for one that writes'),
    })
    .optional()
    .describe('what the keep lands with; without it nothing is applied'),
  trustedBase: commit.describe('the first trusted commit; later ones land, or are adopted on the page of the keep'),
});

const edit = z.strictObject({
  stacks: globs.min(1).default(['stacks/*']).describe('folders that are stacks'),
  agentMayEdit: globs
    .default(['stacks/*/*.tf', 'stacks/*/**/*.tf'])
    .describe('files an agent may change without consent, unless what they are asks for it'),
  never: globs.default([]).describe('files that cannot be changed through Castellan at all'),
  modules: globs.default(['modules']).describe('folders of shared modules'),
  providers: z
    .array(z.string().regex(/^[a-z0-9.-]+(\/[a-z0-9_-]+){1,2}$/i, 'takes an address like gavinbunney/kubectl'))
    .max(200)
    .default([])
    .describe('providers that may be used'),
});

const engineKind = z.enum(['terraform', 'tofu']);
const runner = z.discriminatedUnion('kind', [
  z.strictObject({ kind: engineKind, program: path.describe('the program') }),
  z.strictObject({
    kind: z.literal('terragrunt'),
    program: path.describe('the program'),
    engine: path.describe('the terraform or tofu it runs'),
    engineKind: engineKind.describe('which of the two it is'),
  }),
  z.strictObject({
    kind: z.literal('wrapper'),
    script: z
      .string()
      .regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, 'takes a path inside the repository')
      .refine((text) => !text.split('/').includes('..'), 'must not go up')
      .describe('a script of the repository, always taken from the trusted base'),
    engine: path.describe('the terraform or tofu it runs'),
    engineKind: engineKind.describe('which of the two it is'),
    terragrunt: path.optional().describe('the terragrunt it runs'),
  }),
]);

const state = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('pg'),
    connectionFrom: secretFile.describe('the file that holds the connection string of a role that only reads'),
  }),
  z.strictObject({
    kind: z.literal('sops'),
    encrypted: z.string().min(1).max(300).describe('path in the repository; {name} is the last part of the stack'),
    plain: z.string().min(1).max(300).describe('where the decrypted state lies in the clone; {name} as above'),
    sops: path.describe('the program'),
    ageKeyFile: path.describe('the key'),
  }),
  z.strictObject({ kind: z.literal('none') }),
]);

const endpoint = z.strictObject({
  host: host.describe('the name it has inside the sandbox'),
  port: port.describe('the port it has inside'),
  to: z.strictObject({ host, port }).describe('where it really is'),
});

const charts = z.strictObject({
  directory: path.describe('<directory>/<host>/<path>/index.yaml and the archives beside it'),
  charts: z
    .array(
      z.strictObject({
        repository: z.string().min(1).max(300),
        name: z.string().min(1).max(200),
        version: z.string().min(1).max(100),
        sha256: z.string().regex(/^[0-9a-f]{64}$/, 'takes a SHA-256 in hex'),
      }),
    )
    .max(1_000),
});

const vaultPath = z
  .string()
  .max(500)
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/, 'takes a path in Vault');

const lent = z.strictObject({
  kubernetes: z
    .strictObject({
      mount: vaultPath.default('kubernetes').describe("Vault's Kubernetes engine"),
      role: vaultPath.describe('its role, of an account that only reads'),
      namespace: vaultPath.describe('where the role may make the token'),
      clusterWide: z.boolean().default(false).describe('bind the account of the role in the whole cluster'),
      minutes: z.int().min(10).max(240).default(60).describe('how long the token lives; longer than a plan takes'),
    })
    .optional()
    .describe('the account behind the door to the API server, in place of what kubernetes.kubeconfig has'),
  credentials: z
    .record(variable, z.strictObject({ path: vaultPath, field: z.string().min(1).max(200) }))
    .default({})
    .describe('read-only credentials, by variable: { path: database/static-creds/reader, field: password }'),
});

const profile = z.strictObject({
  name,
  stacks: globs.min(1).describe('patterns over the folder of the stack'),
  tier: z.string().min(1).max(40).default('1').describe('what the stacks are called'),
  skip: z
    .array(z.strictObject({ stack: z.string().min(1).max(200), why: z.string().min(1).max(300) }))
    .max(500)
    .default([])
    .describe('stacks that are never planned'),
  runner,
  state,
  env: z.record(variable, z.string().max(4_000)).default({}).describe('variables of every step; no credential'),
  credentials: z.record(variable, secretFile).default({}).describe('read-only credentials, by variable: files'),
  varFiles: z.array(z.string().min(1).max(300)).max(100).default([]).describe('files that must not be ciphertext'),
  providerMirror: path.describe('folder of a filesystem mirror; no provider comes from anywhere else'),
  kubernetes: z
    .strictObject({
      kubeconfig: path.describe('of an account that only reads'),
      context,
      variables: z.array(variable).max(20).default(['KUBE_CONFIG_PATH']).describe('set to the kubeconfig inside'),
    })
    .optional(),
  vault: lent.optional().describe('what a plan is lent by Vault, and nothing else is: an apply has what it is given'),
  endpoints: z.array(endpoint).max(50).default([]).describe('addresses a plan may reach, and nothing else'),
  charts: charts.optional(),
  apply: z
    .strictObject({
      kubernetes: z.strictObject({ kubeconfig: path.describe('of an account that writes'), context }).optional(),
      connectionFrom: secretFile
        .optional()
        .describe('the connection string of a role that writes, where the state is in Postgres'),
      credentials: z.record(variable, secretFile).default({}).describe('credentials that write, by variable: files'),
      timeoutSeconds: z.int().min(10).max(7_200).default(1_800).describe('after which an apply is ended'),
    })
    .optional()
    .describe('what an apply gets in place of the above; without it nothing of these stacks is applied'),
  timeoutSeconds: z.int().min(10).max(3_600).default(600).describe('after which a plan is ended'),
});

const directories = z.strictObject({
  agents: path.default('/run/castellan-keep/agents').describe('keep.sock lies here'),
  humans: path.default('/run/castellan-keep/humans').describe('human.sock lies here'),
  freeze: path.default('/run/castellan-keep/freeze').describe('a file in it freezes; everybody may make one'),
});

const database = z.strictObject({
  embedded: z.strictObject({ directory: path }).optional().describe('default: db in the state directory'),
  postgres: postgres.optional(),
});

const sandbox = z.strictObject({
  uid: z.int().min(1).max(4_294_967_294).default(65_534).describe('whom plans run as when the keep is root'),
  memoryMb: z.int().min(128).max(65_536).default(2_048),
  processes: z.int().min(16).max(10_000).default(512),
  fileMb: z.int().min(16).max(65_536).default(1_024),
});

const consoleAt = z.strictObject({
  origin: z
    .string()
    .regex(/^(http:\/\/castellan\.localhost(:\d{1,5})?|https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?)$/, {
      message: 'takes http://castellan.localhost:<port>, or https://<host> behind a proxy that speaks TLS',
    })
    .default('http://castellan.localhost:8790')
    .describe('where humans open it; changing its host makes every passkey useless'),
  port: port.default(8_790).describe('the loopback port it listens on'),
});

const notify = z.strictObject({
  webhook: webAddress.optional().describe('gets {what, id, url} as JSON'),
  ntfy: webAddress.optional().describe('a topic: https://ntfy.example.net/castellan'),
  slackFrom: secretFile.optional().describe("the file that holds a Slack webhook's address"),
});

const expecting = z.strictObject({
  prometheus: webAddress.optional().describe('asked for metrics'),
  alertmanager: webAddress.optional().describe('asked whether an alert is quiet'),
  probes: z
    .array(webAddress)
    .max(100)
    .default([])
    .describe('beginnings of addresses that may be probed; others are not'),
});

const approval = z.strictObject({
  hours: z.int().min(1).max(168).default(24).describe('how long something waits for a human'),
  minutes: z.int().min(1).max(1_440).default(60).describe('within which an approved set must have begun'),
  twoPeople: z
    .array(z.enum(['medium', 'high', 'critical']))
    .default([])
    .describe('levels of risk that two approvers must sign'),
  pending: z.int().min(1).max(50).default(3).describe('sets of one principal that may wait at a time'),
});

const vault = z.strictObject({
  ...vaultConnection('the keep', 'castellan-requests'),
  kubernetesMount: z.string().min(1).max(200).optional().describe('the engine that lends kubeconfigs; without it none'),
  requestHours: z.int().min(1).max(168).default(24).describe('how long a request waits for a human'),
  fingerprinter: z
    .strictObject({
      socket: path.default('/run/castellan-fingerprinter/fingerprinter.sock').describe('where it listens'),
      config: path.optional().describe('fingerprinter.yaml: the keep starts it itself as a child'),
      uid: z.int().min(1).max(4_294_967_294).optional().describe('whom the child runs as, when the keep is root'),
    })
    .optional()
    .describe('the process that knows values; without it nothing known is masked'),
});

export const rawKeepConfig = z.strictObject({
  stateDirectory: path.default('/var/lib/castellan-keep').describe('journal, mirror, keys'),
  workDirectory: path.default('/run/castellan-keep/work').describe('clones and plans; must be tmpfs'),
  directories: directories.prefault({}),
  database: database
    .refine(({ embedded, postgres: server }) => embedded === undefined || server === undefined, {
      message: 'takes embedded or postgres, not both',
    })
    .prefault({})
    .describe("the keep's own"),
  repository,
  edit: edit.prefault({}),
  profiles: z
    .array(profile)
    .min(1)
    .max(50)
    .refine((all) => new Set(all.map((one) => one.name)).size === all.length, 'takes names that differ')
    .describe('the first whose stacks match plans a stack'),
  sandbox: sandbox.prefault({}),
  kubernetes: z
    .strictObject({ kubeconfig: path, context })
    .optional()
    .describe('looks up hosts, volumes and backups; only reads'),
  drift: z
    .strictObject({
      at: z
        .string()
        .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'takes a local time like 03:30')
        .optional()
        .describe('when every stack is planned each night; default: never'),
      parallel: z.int().min(1).max(8).default(2).describe('plans at a time'),
    })
    .prefault({}),
  conventions: z
    .record(z.string().max(80), z.record(z.string().max(80), z.union([z.string(), z.number(), z.array(z.string())])))
    .default({})
    .describe('parameters of conventions, by rule: docs/conventions.md'),
  console: consoleAt.prefault({}),
  approval: approval.prefault({}),
  notify: notify.prefault({}),
  expect: expecting.prefault({}),
  vault: vault.optional().describe('reveals, writes and lends what a human signed for'),
  plansPerHour: z
    .int()
    .min(1)
    .max(1_000)
    .default(20)
    .describe('of one principal; all together have five times as many'),
});
export type RawKeepConfig = z.output<typeof rawKeepConfig>;
