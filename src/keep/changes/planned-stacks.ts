import type { Finding } from '../../change/finding.ts';
import type { Profile } from '../config/valid.ts';
import { profileOf } from '../runs/profiles.ts';
import type { ChangesOptions } from './options.ts';

export type Applicable =
  | { readonly profile: Profile; readonly finding: undefined }
  | { readonly profile: undefined; readonly finding: Finding & { verdict: 'deny' } };

/** Whether a change of the stack could ever be planned, applied and landed; if not, why not. */
export function applicable(stack: string, { profiles, repository }: ChangesOptions['config']): Applicable {
  const found = profileOf(profiles, stack);
  const flaw =
    found === undefined
      ? 'matches no profile of keep.yaml'
      : found.skipped !== undefined
        ? `is never planned here: ${found.skipped}`
        : found.profile.apply === undefined
          ? `is planned by the profile ${found.profile.name}, which has nothing to apply with`
          : repository.push === undefined
            ? 'cannot be changed: keep.yaml names nothing that may push to the repository'
            : undefined;
  if (found !== undefined && flaw === undefined) return { profile: found.profile, finding: undefined };
  return {
    profile: undefined,
    finding: { rule: 'stack-not-applied', verdict: 'deny', message: `${stack} ${flaw}` },
  };
}
