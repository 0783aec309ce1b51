import { defineErrors } from '../../kit/index.ts';

export const sealedError = defineErrors({
  'sealed-write-failed': {
    audience: 'operator',
    meaning: 'A plan or a state could not be written to the keep’s state directory in its encrypted form.',
  },
  'sealed-missing': {
    audience: 'operator',
    meaning: 'There is no sealed plan of a change: it was dropped, or never written.',
  },
  'sealed-damaged': {
    audience: 'operator',
    meaning:
      'A sealed plan is cut off, was changed, belongs to another change, or was encrypted with another key. It is not applied.',
  },
});
