import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { type PolicyName, policyNames, vaultPolicy } from '../../../src/cli/vault-policies.ts';
import { tellVault, type VaultTarget } from './vault-api.ts';

/** The role of the lab's Kubernetes engine whose credentials may be lent to a human. */
export const lentRole = 'media-viewer';

/** The policies Castellan is deployed with: the lab runs the real ones. By process, as roles.tf has them. */
export const castellanPolicies = {
  castellan: ['castellan-kubernetes-reader', 'castellan-metadata'],
  'castellan-fingerprinter': ['castellan-fingerprinter'],
  'castellan-keep': ['castellan-requests', 'castellan-requests-write'],
} as const;
export type VaultProcess = keyof typeof castellanPolicies;

const created = z.object({ auth: z.object({ client_token: z.string() }) });

export async function writePolicies(vault: VaultTarget): Promise<void> {
  const write = (name: PolicyName) =>
    tellVault(vault, 'PUT', `sys/policies/acl/castellan-${name}`, { policy: vaultPolicy(name, { lend: [lentRole] }) });
  await Promise.all(policyNames.map(write));
}

/** Makes the token a process lives with. Its policies must be there. */
export async function writeToken(vault: VaultTarget, who: VaultProcess, file: string): Promise<void> {
  const answer = await tellVault(vault, 'POST', 'auth/token/create', {
    display_name: who,
    policies: castellanPolicies[who],
    no_parent: true,
    no_default_policy: true,
    // As long as the lab's other credentials live.
    period: '720h',
  });
  writeFileSync(file, created.parse(answer).auth.client_token, { mode: 0o600 });
}
