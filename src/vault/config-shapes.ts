import { isAbsolute } from 'node:path';
import { z } from 'zod';

/** What a group types in castellan.yaml to reach Vault. Secrets stand in files; no field takes one. */
export const vaultFile = z
  .string()
  .max(1_000)
  .refine((path) => isAbsolute(path), 'an absolute path');
export const vaultName = z.string().regex(/^[A-Za-z0-9][\w./-]{0,199}$/, 'a plain name');

export const vaultOrigin = z
  .string()
  .max(300)
  .refine((text) => isOrigin(text), 'an origin like https://vault.example.net:8200, without path, user or query');

export const vaultAuth = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('token-file'),
    file: vaultFile.describe('a file with the token, readable by the daemon alone'),
  }),
  z.strictObject({
    kind: z.literal('approle'),
    mount: vaultName.default('approle'),
    roleIdFile: vaultFile.describe('a file with the role id'),
    secretIdFile: vaultFile.describe('a file with the secret id'),
  }),
  z.strictObject({
    kind: z.literal('kubernetes'),
    mount: vaultName.default('kubernetes'),
    role: vaultName,
    tokenFile: vaultFile.default('/var/run/secrets/kubernetes.io/serviceaccount/token'),
  }),
  z.strictObject({ kind: z.literal('jwt'), mount: vaultName.default('jwt'), role: vaultName, tokenFile: vaultFile }),
]);

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.origin === text.replace(/\/$/, '') && url.username === '';
}
