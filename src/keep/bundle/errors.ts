import { defineErrors } from '../../kit/index.ts';

export const bundleError = defineErrors({
  'bundle-unknown': { audience: 'operator', meaning: 'The keep has no change or set of that id to export.' },
});
