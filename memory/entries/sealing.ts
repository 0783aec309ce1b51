import { memoryError } from '../errors.ts';
import type { Sealer } from '../seal/port.ts';

/** How long a sealer may take before the entry is refused, in milliseconds. */
const patienceMs = 20_000;

export interface Sealed {
  readonly cipher: Uint8Array;
  readonly sealedWith: string;
}

/** Errors: `memory-unsealed`. There is no plaintext instead. */
export async function seal(sealer: Sealer | undefined, text: string): Promise<Sealed> {
  if (sealer === undefined) {
    throw memoryError('memory-unsealed', {
      message: 'the entry is sensitive and there is nothing here to seal it with; nothing was stored',
      next: 'ask the operator to configure age recipients or a Vault transit key for memory; never store it unsealed instead',
    });
  }
  return { cipher: await sealer.seal(text, AbortSignal.timeout(patienceMs)), sealedWith: sealer.name };
}
