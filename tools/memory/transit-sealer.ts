import { z } from 'zod';
import { memoryError } from '../../memory/errors.ts';
import type { Sealer } from '../../memory/seal/port.ts';
import { CastellanError, Secret } from '../../src/kit/index.ts';
import type { VaultClient } from '../../src/vault/port.ts';

/**
 * Seals by Vault's transit engine, with a token that may encrypt and nothing else: deploy/vault/castellan-memories.hcl. What it
 * makes is opened by a human's own login (`vault write transit/decrypt/castellan-memories ciphertext=…`).
 */
export interface TransitKey {
  readonly mount: string;
  readonly key: string;
}

const encrypted = z.object({ data: z.object({ ciphertext: z.string().regex(/^vault:v[0-9]+:[A-Za-z0-9+/=]+$/) }) });

/** `vault` is asked for at each use: the group connects before Vault is there. */
export function transitSealer(vault: () => Promise<VaultClient>, { mount, key }: TransitKey): Sealer {
  return {
    name: `transit:${mount}/${key}`,
    async seal(text, signal) {
      try {
        const { data } = await (await vault()).ask(
          {
            method: 'POST',
            path: [...mount.split('/'), 'encrypt', key],
            body: { plaintext: new Secret(Buffer.from(text).toString('base64')) },
            reply: encrypted,
          },
          { signal },
        );
        return Buffer.from(data.ciphertext);
      } catch (error) {
        if (!(error instanceof CastellanError)) throw error;
        throw memoryError('memory-unsealed', {
          message: `the entry was not stored, for Vault did not encrypt it (${error.code}: ${error.message})`,
          next: 'store it again when Vault is well; `castellan doctor` looks at its token and the key',
          cause: error,
        });
      }
    },
  };
}
