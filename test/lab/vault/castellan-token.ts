import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { tellVault, type VaultTarget } from './vault-api.ts';

/** The policy Castellan is deployed with: the lab runs the real one. */
const policyFile = join(import.meta.dirname, '../../../deploy/vault/castellan-metadata.hcl');
export const castellanPolicy = 'castellan-metadata';

const created = z.object({ auth: z.object({ client_token: z.string(), token_policies: z.array(z.string()) }) });

/** Makes the token the daemon lives with. */
export async function writeCastellanToken(vault: VaultTarget, file: string): Promise<void> {
  await tellVault(vault, 'PUT', `sys/policies/acl/${castellanPolicy}`, { policy: readFileSync(policyFile, 'utf8') });
  const answer = await tellVault(vault, 'POST', 'auth/token/create', {
    display_name: 'castellan',
    policies: [castellanPolicy],
    no_parent: true,
    no_default_policy: true,
    // As long as the lab's other credentials live.
    period: '720h',
  });
  writeFileSync(file, created.parse(answer).auth.client_token, { mode: 0o600 });
}
