import { definePort } from '../kit/index.ts';
import type { VaultSession } from './port.ts';

/** The port other groups require to ask Vault; what is asked of it with values stands in values.ts, which is the keep's alone. */
export const vaultPort = definePort<VaultSession>('vault');

export { connectVault } from './connect.ts';
export type { VaultAuth, VaultOptions, VaultSession } from './port.ts';
