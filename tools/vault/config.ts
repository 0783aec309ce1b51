import { z } from 'zod';
import { vaultAuth, vaultFile, vaultName, vaultOrigin } from '../../src/vault/config-shapes.ts';
import type { VaultAuth, VaultOptions } from '../../src/vault/index.ts';

/** What castellan.yaml says of Vault below `vault`. */
export const vaultConfig = z.strictObject({
  address: vaultOrigin.describe('of the active node, or of what leads to it'),
  plainHttp: z.boolean().default(false).describe('allow http:// beyond loopback: inside a cluster'),
  caFile: vaultFile.optional().describe('PEM of the authority that signed its certificate'),
  namespace: vaultName.optional().describe('of Vault Enterprise or OpenBao'),
  peers: z.array(vaultOrigin).max(20).default([]).describe('nodes a standby may send us to'),
  auth: vaultAuth.describe('how the daemon gets its token'),
  requiredPolicy: vaultName
    .default('castellan-metadata')
    .describe('a token without it is somebody else’s and is not renewed'),
  nodes: z
    .array(vaultOrigin)
    .max(20)
    .default([])
    .describe('each node by itself, for vault_health; default: the address'),
  strict: z.boolean().default(true).describe('refuse a token that can read values or change anything'),
  redaction: z
    .enum(['required', 'degraded'])
    .default('required')
    .describe(
      'required: no tool answers before the values of Vault are known to be masked; degraded: each answer says they are not',
    ),
  audit: z
    .strictObject({
      loki: vaultOrigin.describe('where the audit log of Vault is'),
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
