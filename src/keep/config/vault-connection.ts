import { z } from 'zod';

/** How Vault is reached and logged into, as keep.yaml and fingerprinter.yaml both say it. */
const path = z.string().regex(/^\/[^\0\r\n]*$/, 'takes an absolute path');

export const webAddress = z
  .string()
  .regex(/^https?:\/\/[^\s]+$/, 'takes an http or https address')
  .max(500);

const auth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('token-file'), file: path }),
  z.strictObject({
    kind: z.literal('approle'),
    mount: z.string().min(1).max(200).default('approle'),
    roleIdFile: path,
    secretIdFile: path,
  }),
  z.strictObject({
    kind: z.enum(['kubernetes', 'jwt']),
    mount: z.string().min(1).max(200),
    role: z.string().min(1).max(200),
    tokenFile: path,
  }),
]);

/** The keys of it; `who` logs in, with the policy that its token must have. */
export function vaultConnection(who: string, policy: string) {
  return {
    address: webAddress.describe('https, or http on loopback; no path'),
    plainHttp: z.boolean().default(false).describe('http to another host than loopback, as inside a cluster'),
    caFile: path.optional().describe('the CA that signed it'),
    namespace: z.string().min(1).max(200).optional().describe('of Vault Enterprise or OpenBao'),
    peers: z.array(webAddress).max(20).default([]).describe('nodes that a standby may send us to'),
    auth: auth.describe(`how ${who} logs in, with the policy ${policy}`),
    requiredPolicy: z.string().min(1).max(200).default(policy).describe('a token without it is not renewed'),
  };
}
