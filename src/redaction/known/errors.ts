import { defineErrors } from '../../kit/index.ts';

export const knownValuesError = defineErrors({
  'known-values-broken': {
    audience: 'operator',
    meaning: 'A set of fingerprints is not as it is made, so none of it is used; the one before it stays.',
  },
});
