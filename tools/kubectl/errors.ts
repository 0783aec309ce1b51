import { defineErrors } from '../../src/kit/index.ts';

export const kubectlError = defineErrors({
  'object-not-found': { audience: 'agent', meaning: 'There is no such object; the nearest names are given.' },
  'object-ambiguous': { audience: 'agent', meaning: 'Several namespaces have an object of this name.' },
  'path-not-found': { audience: 'agent', meaning: 'The object has nothing at this path.' },
  'list-changed': {
    audience: 'agent',
    meaning: 'The list a cursor belongs to is no longer kept by the API server.',
  },
  'arguments-conflict': { audience: 'agent', meaning: 'Arguments were given that do not go together.' },
});
