import { memoryError } from '../errors.ts';
import type { Sealer } from '../seal/port.ts';
import { invalid } from './fields.ts';

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

/** Far more than the longest entry becomes, sealed for fifty. */
const longestCipher = 32_768;

/** Of an entry that comes sealed: what does not look as if it were is not kept as if it were. Errors: `memory-invalid`. */
export function proveSealed({ cipher, sealedWith }: Sealed): Sealed {
  const begins = Buffer.from(cipher.subarray(0, 24)).toString('latin1');
  const isAge = sealedWith === 'age' && begins.startsWith('age-encryption.org/v1\n');
  const isTransit = /^transit:[\w/.-]{1,200}$/.test(sealedWith) && /^vault:v\d+:/.test(begins);
  if ((isAge || isTransit) && cipher.byteLength <= longestCipher) return { cipher, sealedWith };
  throw invalid(
    'it says that it is sealed, and what it holds was made neither by age nor by Vault',
    'import what `memory-tool export` wrote, unchanged',
  );
}
