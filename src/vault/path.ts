import { vaultError } from './errors.ts';
import type { VaultPath } from './port.ts';

/** Longer than any path Vault serves; so that no server in front of it cuts one. */
const mostCharacters = 3_000;

/** As it stands below /v1/. Throws `vault-path-invalid`; then nothing was sent. */
export function encodePath(path: VaultPath): string {
  if (path.length === 0) throw refused('it is empty');
  const encoded = path.map(encodeSegment).join('/');
  if (encoded.length > mostCharacters) throw refused(`it is longer than ${mostCharacters} characters`);
  return encoded;
}

/** The segments of a mount or a path as people write them: `secret/`, `apps/mail`. '' has none. */
export function segmentsOf(text: string): VaultPath {
  const whole = text.replace(/\/$/, '');
  return whole === '' ? [] : whole.split('/');
}

/**
 * Vault decodes a path and cleans it after that, so what climbs must be refused and not only encoded: %2e%2e climbs too.
 * A slash inside a segment would be one more segment there.
 */
function encodeSegment(segment: string): string {
  if (segment === '') throw refused('a segment is empty');
  if (segment === '.' || segment === '..') throw refused('a segment is only dots');
  if (/[/\\%?#]/.test(segment)) throw refused('a segment has one of / \\ % ? #');
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(segment)) throw refused('a segment has a control character');
  return encodeURIComponent(segment);
}

function refused(why: string): Error {
  return vaultError('vault-path-invalid', {
    message: `the path cannot be asked for: ${why}`,
    next: 'give the path as `vault_search` shows it',
  });
}
