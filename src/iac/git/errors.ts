import { defineErrors } from '../../kit/index.ts';

/** What Git itself printed travels as `cause`: it quotes paths, addresses and whatever the remote said. */
export const gitError = defineErrors({
  'git-failed': {
    audience: 'operator',
    meaning: 'Git could not do what was asked of the mirror of the infra repository.',
  },
  'ref-unknown': {
    audience: 'agent',
    meaning: 'The infra repository has no branch, tag or commit of that name.',
  },
  'patch-unusable': {
    audience: 'agent',
    meaning: 'A patch does not lead from the base to another tree, or to one that may not be.',
  },
  'repository-unreachable': {
    audience: 'operator',
    meaning: 'The infra repository could not be fetched, or nothing could be pushed to it.',
  },
  'diff-unusable': {
    audience: 'operator',
    meaning: 'What differs between two trees is more than is shown, or no text.',
  },
  'change-conflicts': {
    audience: 'operator',
    meaning: 'A change does not fit on another commit: somebody changed the same files.',
  },
  'push-moved': {
    audience: 'operator',
    meaning:
      'A ref of the infra repository was not where it was seen any more when it was pushed to. Nothing was changed.',
  },
  'push-refused': {
    audience: 'operator',
    meaning: 'The infra repository did not take what was pushed. Nothing was changed.',
  },
});
