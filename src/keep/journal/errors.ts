import { defineErrors } from '../../kit/index.ts';

export const journalError = defineErrors({
  'run-unknown': { audience: 'agent', meaning: 'No plan run has this id.' },
  'run-moved': {
    audience: 'agent',
    meaning: 'A plan run was in another state than its caller believed; nothing was done.',
  },
});
