import type { Principal } from '../../src/kit/index.ts';
import type { PreparedPatches } from './prepared-patches.ts';

/** However it is quoted: what begins like an id is one, and is never taken for a diff. */
const likeAnId = /^[\s"'`«<(]*patch_/i;

/** The diff that an agent means by `patch`: itself, or one that was prepared. Errors: `patch-unknown`, `store-unavailable`. */
export async function diffOf(
  patch: string | undefined,
  patches: PreparedPatches,
  { principal, now }: { readonly principal: Principal; readonly now: Date },
): Promise<string | undefined> {
  if (patch === undefined || !likeAnId.test(patch)) return patch;
  return patches.diffOf(patch.trim(), principal, now);
}
