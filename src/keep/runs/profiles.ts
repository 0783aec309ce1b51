import picomatch from 'picomatch';
import type { Profile } from '../config/valid.ts';
import { runError } from './errors.ts';

export interface StackProfile {
  readonly profile: Profile;
  /** Why the stack is never planned. */
  readonly skipped: string | undefined;
}

/** The first profile whose globs match; undefined when none does. */
export function profileOf(profiles: readonly Profile[], stack: string): StackProfile | undefined {
  const profile = profiles.find(({ stacks }) => picomatch.isMatch(stack, [...stacks]));
  if (profile === undefined) return undefined;
  const last = stack.split('/').at(-1) ?? stack;
  return { profile, skipped: profile.skip.find((one) => one.stack === stack || one.stack === last)?.why };
}

/** Errors: `stack-not-planned`. */
export function plannableProfile(profiles: readonly Profile[], stack: string): Profile {
  const found = profileOf(profiles, stack);
  if (found !== undefined && found.skipped === undefined) return found.profile;
  throw runError('stack-not-planned', {
    message:
      found === undefined
        ? `${stack} matches no profile of keep.yaml`
        : `${stack} is never planned here: ${found.skipped}`,
    next: 'plan another stack; a human can change the profiles in keep.yaml',
  });
}
