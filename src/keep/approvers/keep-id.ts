import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { loadOrCreateKey } from '../../store/key-file.ts';

/**
 * Which keep this is: 128 random bits, made once, in every document that is signed for it. It is no secret.
 * Errors: those of a key file.
 */
export function loadKeepId(stateDirectory: string): string {
  const seed = loadOrCreateKey(join(stateDirectory, 'keys', 'keep-id.key')).export();
  const digest = createHash('sha256').update('castellan keep id 1\n').update(seed).digest('hex');
  return `keep_${digest.slice(0, 32)}`;
}
