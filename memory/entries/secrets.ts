import type { Redact } from '../../src/kit/index.ts';
import { memoryError } from '../errors.ts';

/** What of an entry is text that somebody typed. */
export interface TypedText {
  readonly content?: string | undefined;
  readonly keywords?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly source?: string | undefined;
  readonly session?: string | undefined;
}

/**
 * A memory is shown again and again, so it holds no secret, sealed or not. Texts are looked at as they came and as they would be kept: a
 * token in lower case is no token any more, and one with a blank character in it becomes one. The rule is named and not the value.
 * Errors: `memory-secret`.
 */
export function refuseSecrets(redact: Redact, given: TypedText, kept: TypedText): void {
  for (const field of ['content', 'keywords', 'tags', 'source', 'session'] as const) {
    const texts = new Set([given[field], kept[field]].flatMap((value) => value ?? []));
    const rules = new Set([...texts].flatMap((text) => Object.keys(redact(text).counts)));
    if (rules.size === 0) continue;
    throw memoryError('memory-secret', {
      message: `${field} holds what looks like a secret (${[...rules].sort().join(', ')}); nothing was stored`,
      next: 'leave the value out and say where it is kept instead, as vault://mount/path#key; if the value is not in Vault yet, a human puts it there',
    });
  }
}
