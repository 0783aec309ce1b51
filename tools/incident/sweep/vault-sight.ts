import { z } from 'zod';
import type { SeenVault } from '../../../src/incident/sweep/port.ts';
import { CastellanError } from '../../../src/kit/index.ts';
import type { VaultSession } from '../../../src/vault/index.ts';

/** Asked so, it says how it is in its answer and not by the answer's code, which would be an error. */
const anyCode = { sealedcode: 200, uninitcode: 200, standbycode: 200, perfstandbycode: 200, drsecondarycode: 200 };
const health = z.object({ initialized: z.boolean(), sealed: z.boolean(), standby: z.boolean() });

/** How Vault answers, and how our token is. */
export async function vaultSight(vault: VaultSession, signal: AbortSignal): Promise<SeenVault> {
  try {
    const said = await vault.ask({ method: 'GET', path: ['sys', 'health'], query: anyCode, reply: health }, { signal });
    return { ...roleOf(said), ...tokenOf(vault) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CastellanError)) throw error;
    return { role: 'unreachable', why: error.message, ...tokenOf(vault) };
  }
}

function roleOf({ initialized, sealed, standby }: z.output<typeof health>): Pick<SeenVault, 'role' | 'why'> {
  if (!initialized) return { role: 'uninitialised', why: 'it was never initialised' };
  if (sealed) return { role: 'sealed', why: 'it says so itself' };
  return { role: standby ? 'standby' : 'active', why: undefined };
}

function tokenOf(vault: VaultSession): Pick<SeenVault, 'token' | 'tokenEnds'> {
  const { state, expiresAt } = vault.standing();
  return { token: state, tokenEnds: expiresAt };
}
