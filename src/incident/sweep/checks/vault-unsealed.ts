import type { Check } from '../port.ts';
import { daysBetween, found, unknown } from '../results.ts';

const works = new Set(['active', 'standby', 'performance-standby']);
const soonHours = 1;

export const vaultUnsealed: Check = {
  id: 'vault-unsealed',
  title: 'Vault is unsealed, and lets us in',
  needs: ['vault'],
  look({ vault, at }) {
    if (vault === undefined) return unknown('nobody looked');
    const fail = [
      ...(works.has(vault.role) || vault.role === 'unreachable'
        ? []
        : [`${vault.role}: ${vault.why ?? 'no reason told'}`]),
      ...(vault.token === 'alive' ? [] : [`our token is ${vault.token}`]),
    ];
    if (vault.role === 'unreachable' && fail.length === 0)
      return unknown(`it cannot be reached: ${vault.why ?? 'no reason told'}`);
    const ending = vault.tokenEnds !== undefined && daysBetween(at, vault.tokenEnds) * 24 < soonHours;
    return found({ fail, warn: ending ? ['our token ends within the hour'] : [] }, vault.role, 'vault_health');
  },
};
