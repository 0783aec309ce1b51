import { defineErrors } from '../../src/kit/index.ts';

export const kubectlError = defineErrors({
  'path-not-found': { audience: 'agent', meaning: 'The object has nothing at this path.' },
  'list-changed': {
    audience: 'agent',
    meaning: 'The list a cursor belongs to is no longer kept by the API server.',
  },
  'container-not-found': { audience: 'agent', meaning: 'No pod that was asked for has a container of this name.' },
  'log-gone': { audience: 'agent', meaning: 'The pod or workload is gone, and its log with it.' },
  'log-not-begun': { audience: 'agent', meaning: 'The logs of other pods took all the time of a call.' },
  'arguments-conflict': { audience: 'agent', meaning: 'Arguments were given that do not go together.' },
});
