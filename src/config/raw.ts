import { isIP } from 'node:net';
import { z } from 'zod';
import { effects } from '../kit/index.ts';
import { logLevels } from './valid.ts';

/** What a tool group adds to castellan.yaml: its key and the shape below it. */
export interface Slice {
  readonly configKey: string;
  readonly config: z.ZodObject;
  readonly summary: string;
  readonly howToConfigure: string;
}

/**
 * What may be typed in castellan.yaml. Defaults stand here and nowhere else. No key takes a secret: only the path of the
 * file that holds it, or a `vault://` reference.
 */
const path = z.string().min(1).max(4096).regex(/^[^\0\r\n]+$/, 'must be a path on one line');
const label = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'must be a name of letters, digits and . _ @ -');

const vaultReference = z
  .string()
  .max(1024)
  .regex(
    /^vault:\/\/[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+#[A-Za-z0-9_-][A-Za-z0-9._-]*$/,
    'must look like vault://mount/path#key',
  );

const embedded = z.strictObject({
  directory: path.optional().describe('where the embedded database lies; default: db in the data directory'),
});

const postgres = z
  .strictObject({
    host: z
      .string()
      .regex(/^[A-Za-z0-9._:/-]{1,255}$/, 'must be a host name, an address, or the folder of a socket')
      .describe('host name, address, or the folder of its socket'),
    port: z.int().min(1).max(65_535).default(5432).describe('its port'),
    database: z.string().min(1).max(63).describe('the database, which is there already'),
    user: z.string().min(1).max(63).describe('the role Castellan logs in as'),
    passwordFile: path.optional().describe('a file that holds the password, readable by its owner alone'),
    passwordFrom: vaultReference.optional().describe('where Vault keeps the password: vault://mount/path#key'),
    tls: z
      .enum(['disable', 'require', 'verify-full'])
      .default('verify-full')
      .describe('verify-full proves the server; require only encrypts; disable is for loopback and sockets'),
    caFile: path.optional().describe('certificates that sign the server, in PEM; default: those of the system'),
  })
  .refine(({ passwordFile, passwordFrom }) => passwordFile === undefined || passwordFrom === undefined, {
    message: 'takes passwordFile or passwordFrom, not both',
  });

const database = z
  .strictObject({
    embedded: embedded.optional().describe('the database inside the daemon; used when nothing is written'),
    postgres: postgres.optional().describe('a PostgreSQL server'),
  })
  .refine((given) => (given.embedded === undefined) !== (given.postgres === undefined), {
    message: 'takes one of embedded and postgres',
  });

export const listen = z
  .string()
  .refine((text) => parseListen(text) !== undefined, 'must be an address and a port, like 127.0.0.1:7420 or [::1]:7420');

export const http = z.strictObject({
  listen: listen.default('127.0.0.1:7420').describe('address and port; beyond loopback only with allowedHosts'),
  allowedHosts: z
    .array(z.string().regex(/^([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/, 'must be a host name, without a scheme'))
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
});

export const socket = z.strictObject({
  agent: label.default('claude-code').describe('the agent that callers on agent.sock are'),
  human: label.optional().describe('the person they act for; default: the user the daemon runs as'),
  scopes: z
    .array(z.enum(effects))
    .max(effects.length)
    .default([...effects])
    .describe('what they may do'),
});

export const backup = z.strictObject({
  everyHours: z.int().min(1).max(720).default(24).describe('hours between copies of the embedded database'),
  keep: z.int().min(1).max(365).default(7).describe('how many copies are kept'),
});

export const logLevel = z.enum(logLevels);
export const log = z.strictObject({
  level: logLevel.default('info').describe('the least that is written to stderr'),
});

const own = {
  database: database.optional().describe('where memories, incidents and the audit trail are kept'),
  http: http.optional().describe('MCP over HTTP; every request needs a token'),
  socket: socket.optional().describe('who callers on agent.sock are'),
  backup: backup.optional().describe('copies of the embedded database'),
  log: log.optional().describe('the log on stderr'),
};

/** The whole file: the keys of Castellan itself and one for each group. A group's own shape is made strict. */
export function rawConfig(slices: readonly Slice[]) {
  const groups: Record<string, z.ZodOptional<z.ZodObject>> = {};
  for (const { configKey, config, summary } of slices) {
    if (configKey in own || configKey in groups) throw new Error(`two parts claim the key ${configKey} in castellan.yaml`);
    groups[configKey] = config.strict().optional().describe(summary);
  }
  return z.strictObject({ ...groups, ...own });
}

/** `127.0.0.1:7420` or `[::1]:7420`: an address, never a name that a resolver could point elsewhere, except localhost. */
export function parseListen(text: string): { readonly host: string; readonly port: number } | undefined {
  const parts = /^(?:\[(?<six>[0-9A-Fa-f:.]+)\]|(?<four>[0-9.]+|localhost)):(?<port>\d{1,5})$/.exec(text)?.groups;
  const host = parts?.['six'] ?? parts?.['four'] ?? '';
  const port = Number(parts?.['port']);
  const known = host === 'localhost' || isIP(host) === (parts?.['six'] === undefined ? 4 : 6);
  return parts !== undefined && known && port <= 65_535 ? { host, port } : undefined;
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
