import { Encrypter } from 'age-encryption';
import { memoryError } from '../errors.ts';
import type { Sealer } from './port.ts';

/**
 * Seals for the holders of age keys: `age -d -i key.txt` opens what it makes. The recipients are public; who seals keeps nothing that
 * opens. Errors: `memory-unsealed` for a recipient that age does not know, which is not repeated: it may be the other half of the key.
 */
export function ageSealer(recipients: readonly string[]): Sealer {
  const encrypter = new Encrypter();
  if (recipients.length === 0) throw badRecipient('there is no age recipient to seal memories for');
  for (const [index, recipient] of recipients.entries()) {
    try {
      encrypter.addRecipient(recipient.trim());
    } catch (cause) {
      throw badRecipient(`the age recipient number ${index + 1} of ${recipients.length} cannot be read`, cause);
    }
  }
  return {
    name: 'age',
    async seal(text, signal) {
      signal.throwIfAborted();
      try {
        return await encrypter.encrypt(text);
      } catch (cause) {
        throw memoryError('memory-unsealed', {
          message: 'age could not encrypt the entry',
          next: 'see the log for the cause, then store it again',
          cause,
        });
      }
    },
  };
}

function badRecipient(message: string, cause?: unknown): Error {
  return memoryError('memory-unsealed', {
    message,
    next: 'give recipients as `age-keygen -y key.txt` prints them (`age1…`), never the key itself',
    cause,
  });
}
