import { defineErrors } from '../../kit/index.ts';

export const journalError = defineErrors({
  'run-unknown': { audience: 'agent', meaning: 'No plan run has this id.' },
  'run-moved': {
    audience: 'agent',
    meaning: 'A plan run was in another state than its caller believed; nothing was done.',
  },
  'change-moved': {
    audience: 'agent',
    meaning:
      'A change was in another state than its caller believed, or may not go where it was sent; nothing was done.',
  },
});
