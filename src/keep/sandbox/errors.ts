import { defineErrors } from '../../kit/index.ts';

export const sandboxError = defineErrors({
  'sandbox-unavailable': {
    audience: 'operator',
    meaning: 'The sandbox does not work on this machine, and nothing is ever run without it.',
  },
  'sandbox-request-refused': {
    audience: 'operator',
    meaning: 'A run asked the sandbox to show it something that is never shown, or is malformed. Nothing was run.',
  },
  'sandbox-door-failed': {
    audience: 'operator',
    meaning: 'A socket that leads from the sandbox to one address could not be opened.',
  },
});
