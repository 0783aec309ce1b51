import { defineErrors } from '../../kit/index.ts';

export const bundleError = defineErrors({
  'bundle-unknown': { audience: 'operator', meaning: 'The keep has no change, set or request of that id to export.' },
});
