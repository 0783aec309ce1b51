import type { LabEnv } from '../lab-env.ts';

/** What castellan.yaml says of the lab's Vault: the daemon with the token that sees metadata alone. */
export function vaultOfDaemon({ name, vault }: Pick<LabEnv, 'name' | 'vault'>): object {
  if (vault === undefined) throw new Error(`lab ${name} has no Vault: npm run lab -- build`);
  return { address: vault.addr, auth: { kind: 'token-file', file: vault.castellanTokenFile } };
}
