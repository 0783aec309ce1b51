import { isAbsolute } from 'node:path';
import { z } from 'zod';
import type { VaultAuth, VaultOptions } from '../../src/vault/index.ts';

/** What castellan.yaml says of Vault below `vault`. Secrets stand in files; no field takes one. */
const file = z
  .string()
  .max(1_000)
  .refine((path) => isAbsolute(path), 'an absolute path');
const name = z.string().regex(/^[A-Za-z0-9][\w./-]{0,199}$/, 'a plain name');

const origin = z
  .string()
  .max(300)
  .refine((text) => isOrigin(text), 'an origin like https://vault.example.net:8200, without path, user or query');

const auth = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('token-file'),
    file: file.describe('a file with the token, readable by the daemon alone'),
  }),
  z.strictObject({
    kind: z.literal('approle'),
    mount: name.default('approle'),
    roleIdFile: file.describe('a file with the role id'),
    secretIdFile: file.describe('a file with the secret id'),
  }),
  z.strictObject({
    kind: z.literal('kubernetes'),
    mount: name.default('kubernetes'),
    role: name,
    tokenFile: file.default('/var/run/secrets/kubernetes.io/serviceaccount/token'),
  }),
  z.strictObject({ kind: z.literal('jwt'), mount: name.default('jwt'), role: name, tokenFile: file }),
]);

export const vaultConfig = z.strictObject({
  address: origin.describe('of the active node, or of what leads to it'),
  plainHttp: z.boolean().default(false).describe('allow http:// beyond loopback: inside a cluster'),
  caFile: file.optional().describe('PEM of the authority that signed its certificate'),
  namespace: name.optional().describe('of Vault Enterprise or OpenBao'),
  peers: z.array(origin).max(20).default([]).describe('nodes a standby may send us to'),
  auth: auth.describe('how the daemon gets its token'),
  requiredPolicy: name
    .default('castellan-metadata')
    .describe('a token without it is somebody else’s and is not renewed'),
  nodes: z.array(origin).max(20).default([]).describe('each node by itself, for vault_health; default: the address'),
  strict: z.boolean().default(true).describe('refuse a token that can read values or change anything'),
  redaction: z
    .enum(['required', 'degraded'])
    .default('required')
    .describe(
      'required: no tool answers before the values of Vault are known to be masked; degraded: each answer says they are not',
    ),
  audit: z
    .strictObject({
      loki: origin.describe('where the audit log of Vault is'),
      query: z
        .string()
        .max(300)
        .regex(/^\{[^{}|`\n]+\}$/, 'a stream selector like {job="vault-audit"}')
        .default('{job="vault-audit"}')
        .describe('its stream'),
      plainHttp: z.boolean().default(false).describe('allow http:// beyond loopback: inside a cluster'),
    })
    .optional()
    .describe('who read what last'),
});
export type VaultConfig = z.output<typeof vaultConfig>;

export function vaultOptions(config: VaultConfig): VaultOptions {
  const { address, plainHttp, caFile, namespace, peers, requiredPolicy } = config;
  const login: VaultAuth = config.auth.kind === 'token-file' ? { ...config.auth, requiredPolicy } : config.auth;
  return { address, plainHttp, caFile, namespace, peers, auth: login };
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.origin === text.replace(/\/$/, '') && url.username === '';
}
