import { createHash } from 'node:crypto';
import type { ObjectId, TreeChange } from '../../iac/repository.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import type { ConsentParts } from '../changes/port.ts';
import type { Profile } from '../config/valid.ts';

/**
 * What a human consents to: the proposed tree, all that differs from the base, and the profile it would run with (its credentials
 * by name, not by value); `digest` is one number over the three. Any other tree, base or profile has another one.
 */
export function consentParts(proposed: ObjectId, changes: readonly TreeChange[], profile: Profile): ConsentParts {
  const [diff, profileSha256] = [diffDigest(changes), profileDigest(profile)];
  const digest = sha256({ kind: 'castellan consent 1', tree: proposed, diff, profile: profileSha256 });
  return { tree: proposed, diffSha256: diff, profileSha256, digest };
}

/** Of all that differs, by path and blob. */
export function diffDigest(changes: readonly TreeChange[]): string {
  return sha256(
    changes
      .map(({ path, before, after }) => ({ path, before: before ?? null, after: after ?? null }))
      .toSorted((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0)),
  );
}

/** A secret counts by its name: its value is nothing anybody could check. */
export function profileDigest(profile: Profile): string {
  return sha256(profile);
}

function sha256(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
