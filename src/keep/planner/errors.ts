import { defineErrors } from '../../kit/index.ts';

export const plannerError = defineErrors({
  'work-not-tmpfs': {
    audience: 'operator',
    meaning: 'The work directory is not in memory, and a plan or a decrypted state is never written to a disk.',
  },
  'profile-unusable': {
    audience: 'operator',
    meaning: 'A profile of keep.yaml and the tree to be planned do not go together. Nothing was planned.',
  },
  'state-unreadable': {
    audience: 'operator',
    meaning:
      'The state of a stack could not be read. Nothing was planned: a plan without its state creates everything.',
  },
  'encrypted-in-tree': {
    audience: 'operator',
    meaning: 'A file that a plan reads is still encrypted by git-crypt in the repository.',
  },
  'plan-not-sealed': {
    audience: 'operator',
    meaning: 'A plan went through, and what an apply of it would need could not be packed.',
  },
  'sealed-unfit': {
    audience: 'operator',
    meaning: 'A sealed plan or its working directory is not what was signed, or does not unpack. Nothing was applied.',
  },
  'backend-credential': {
    audience: 'operator',
    meaning: 'A credential of the state’s backend is written into the tree, and would be kept in every plan.',
  },
});

/** `profile-unusable`, the usual case. */
export function unusable(message: string, next: string, cause?: unknown): Error {
  return plannerError('profile-unusable', { message, next, ...(cause === undefined ? {} : { cause }) });
}
