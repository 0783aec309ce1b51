import { defineErrors } from '../../kit/index.ts';

export const targetError = defineErrors({
  'target-invalid': { audience: 'agent', meaning: 'The target has none of the forms a target can have.' },
  'target-not-found': { audience: 'agent', meaning: 'There is no such object; the nearest names are given.' },
  'target-ambiguous': {
    audience: 'agent',
    meaning: 'Several objects could be meant; they are given, one to be chosen.',
  },
});
