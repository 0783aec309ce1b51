import { z } from 'zod';
import { effects } from '../kit/index.ts';
import { filePath, isLoopback, isOrigin, parseListen, secretReference } from './fields.ts';
import { logLevels } from './valid.ts';

/** What a tool group adds to castellan.yaml: its key and the shape below it. */
export interface Slice {
  readonly configKey: string;
  readonly config: z.ZodObject;
  readonly summary: string;
  readonly howToConfigure: string;
  /** Left out, it holds with its defaults; `false` takes it away. */
  readonly withoutConfig?: true;
}

/**
 * What may be typed in castellan.yaml. Defaults stand here and nowhere else. No key takes a secret: only the path of the
 * file that holds it, or a `vault://` reference.
 */
const agentLabel = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be a short lower-case name');
const humanLabel = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._@-]{0,62}$/, 'must be a name of letters, digits and . _ @ -');

const embedded = z.strictObject({
  directory: filePath().optional().describe('where the embedded database lies; default: db in the data directory'),
});

const postgres = z.strictObject({
  host: z
    .string()
    .regex(/^[A-Za-z0-9._:/-]{1,255}$/, 'must be a host name, an address, or the folder of a socket')
    .describe('host name, address, or the folder of its socket'),
  port: z.int().min(1).max(65_535).default(5432).describe('its port'),
  database: z.string().min(1).max(63).describe('the database, which is there already'),
  user: z.string().min(1).max(63).describe('the role Castellan logs in as'),
  passwordFrom: secretReference()
    .optional()
    .describe('where the password is: a file only its owner can read, or vault://mount/path#key'),
  tls: z
    .enum(['disable', 'require', 'verify-full'])
    .default('verify-full')
    .describe('verify-full proves the server; require only encrypts; disable is for loopback and sockets'),
  caFile: filePath().optional().describe('certificates that sign the server, in PEM; default: those of the system'),
});

const database = z
  .strictObject({
    embedded: embedded.optional().describe('the database inside the daemon; used when nothing is written'),
    postgres: postgres.optional().describe('a PostgreSQL server'),
  })
  .refine((given) => given.embedded === undefined || given.postgres === undefined, {
    message: 'takes embedded or postgres, not both',
  });

const listen = z
  .string()
  .refine(
    (text) => parseListen(text) !== undefined,
    'must be an address and a port, like 127.0.0.1:7420 or [::1]:7420',
  );

const http = z
  .strictObject({
    listen: listen.default('127.0.0.1:7420').describe('address and port; beyond loopback only with allowedHosts'),
    allowedHosts: z
      .array(
        z
          .string()
          .regex(/^([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/, 'must be a host name, without a scheme'),
      )
      .max(50)
      .default([])
      .describe('Host headers that are answered beside the loopback names'),
    allowedOrigins: z
      .array(z.string().refine(isOrigin, 'must be an origin, like https://castellan.example.net'))
      .max(50)
      .default([])
      .describe('Origin headers that are answered; a browser page sends one'),
    bodyLimitBytes: z.int().min(1024).max(16_777_216).default(1_048_576).describe('the largest request body'),
    requestsPerMinute: z.int().min(1).max(100_000).default(600).describe('of one principal'),
  })
  .refine(
    ({ listen: address, allowedHosts }) => {
      const host = parseListen(address)?.host;
      return host === undefined || allowedHosts.length > 0 || isLoopback(host);
    },
    {
      // Beyond loopback, a server that answers to any Host would answer to a page that rebinds its name.
      path: ['listen'],
      message: 'is beyond loopback, and that takes the names agents use under http.allowedHosts',
    },
  );

const socket = z.strictObject({
  agent: agentLabel.default('claude-code').describe('the agent that callers on agent.sock are'),
  human: humanLabel.optional().describe('the person they act for; default: the user the daemon runs as'),
  scopes: z
    .array(z.enum(effects))
    .max(effects.length)
    .default([...effects])
    .describe('what they may do'),
});

const backup = z.strictObject({
  everyHours: z.int().min(1).max(720).default(24).describe('hours between copies of the embedded database'),
  keep: z.int().min(1).max(365).default(7).describe('how many copies are kept'),
});

const log = z.strictObject({
  level: z.enum(logLevels).default('info').describe('the least that is written to stderr'),
});

/** Castellan's own keys. */
export const core = z.strictObject({
  database: database.prefault({}).describe('where memories, incidents and the audit trail are kept'),
  http: z
    .union([z.literal(false), http])
    .optional()
    .describe('MCP over HTTP, where every request needs a token; false: not even by default'),
  socket: socket.prefault({}).describe('who callers on agent.sock are'),
  backup: backup.prefault({}).describe('copies of the embedded database'),
  log: log.prefault({}).describe('the log on stderr'),
});

/** The whole file: Castellan's own keys and one for each group, whose shape is made strict. */
export function rawSchema(slices: readonly Slice[]) {
  const groups = new Map<string, z.ZodType>();
  for (const { configKey, config, summary, withoutConfig } of slices) {
    if (configKey in core.shape || groups.has(configKey))
      throw new Error(`two parts claim ${configKey} in castellan.yaml`);
    const section = config.strict();
    const whole = withoutConfig === true ? z.union([z.literal(false), section]).prefault({}) : section.optional();
    groups.set(configKey, whole.describe(summary));
  }
  return z.strictObject({ ...Object.fromEntries(groups), ...core.shape });
}
