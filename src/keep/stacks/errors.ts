import { defineErrors } from '../../kit/index.ts';

export const editError = defineErrors({
  'edit-busy': {
    audience: 'agent',
    meaning: 'More edits of the source are being worked out than the keep does one after the other; nothing was done.',
  },
});
