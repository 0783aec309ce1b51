import { defineErrors } from '../kit/index.ts';

/** A probe that fails is an answer; only what an operator wrote wrongly is an error. */
export const probeError = defineErrors({
  'probe-allow-invalid': {
    audience: 'operator',
    meaning: 'A probe target or a name server in castellan.yaml has a form that is not known.',
  },
});
