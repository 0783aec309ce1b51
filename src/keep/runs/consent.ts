import { createHash } from 'node:crypto';
import type { ObjectId, TreeChange } from '../../iac/repository.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import type { Profile } from '../config/valid.ts';

/**
 * What a human consents to, in one number: SHA-256 over the proposed tree, all that differs from the base, and the profile it
 * would run with (its credentials by name, not by value). Any other tree, base or profile has another one.
 */
export function consentDigest(proposed: ObjectId, changes: readonly TreeChange[], profile: Profile): string {
  const diff = changes
    .map(({ path, before, after }) => ({ path, before: before ?? null, after: after ?? null }))
    .toSorted((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
  return createHash('sha256')
    .update(
      canonicalJson({
        kind: 'castellan consent 1',
        tree: proposed,
        diff: createHash('sha256').update(canonicalJson(diff)).digest('hex'),
        profile: createHash('sha256').update(canonicalJson(profile)).digest('hex'),
      }),
    )
    .digest('hex');
}
