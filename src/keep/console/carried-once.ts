import { createHash } from 'node:crypto';
import { approverError } from '../approvers/errors.ts';

/**
 * Signed documents that gave out a value, or took one, whatever came of it. Whoever acts on one spends it for good; here the same
 * one is not even carried again.
 */
export interface CarriedOnce {
  /** Errors: `approval-spent`. */
  carry(document: string): void;
}

/** Longer than a document is good. */
const keptMs = 15 * 60_000;

export function openCarriedOnce(now: () => Date): CarriedOnce {
  const carried = new Map<string, number>();
  return {
    carry: (document) => {
      const at = now().getTime();
      for (const [key, until] of carried) if (until <= at) carried.delete(key);
      const key = createHash('sha256').update(document).digest('base64url');
      if (carried.has(key)) {
        throw approverError('approval-spent', {
          message: 'this signature was sent before, and is good once',
          next: 'look at the request; if it still waits, sign it anew',
        });
      }
      carried.set(key, at + keptMs);
    },
  };
}
