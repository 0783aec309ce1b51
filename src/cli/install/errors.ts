import { defineErrors } from '../../kit/index.ts';

export const installError = defineErrors({
  'install-needs-root': {
    audience: 'operator',
    meaning: '`castellan install` and `uninstall` make users and files of root, and were run by somebody else.',
  },
  'install-target-unsafe': {
    audience: 'operator',
    meaning: 'Something stands where `castellan install` would write that somebody else put or could put there.',
  },
  'install-program-unsafe': {
    audience: 'operator',
    meaning: "The keep's own program could be changed by somebody other than root, and so would be theirs.",
  },
  'install-account-unfit': {
    audience: 'operator',
    meaning: 'The user the keep would run as has rights or a login that it must not have.',
  },
  'install-credential-refused': {
    audience: 'operator',
    meaning: 'A credential was not moved: what it is, or where it lies, makes moving it unsafe.',
  },
  'install-failed': {
    audience: 'operator',
    meaning: 'A step failed; what was done before stays, and can be done again.',
  },
});
