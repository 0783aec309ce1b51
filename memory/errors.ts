import { defineErrors } from '../src/kit/index.ts';

export const memoryError = defineErrors({
  'memory-too-long': { audience: 'agent', meaning: 'An entry has more than 1,400 characters; nothing was stored.' },
  'memory-empty': { audience: 'agent', meaning: 'An entry has no text, or nothing in it can be found again.' },
  'memory-category': { audience: 'agent', meaning: 'There is no such category, and no such word for one.' },
  'memory-secret': { audience: 'agent', meaning: 'The entry holds what looks like a secret; nothing was stored.' },
  'memory-duplicate': { audience: 'agent', meaning: 'Almost the same text is there already; nothing was stored.' },
  'memory-link': {
    audience: 'agent',
    meaning: 'A link cannot be made: to itself, in a circle, or to what is not there.',
  },
  'memory-unknown': { audience: 'agent', meaning: 'There is no such entry that this caller may read.' },
  'memory-not-yours': { audience: 'agent', meaning: 'The entry may be read, and only its owner changes it.' },
  'memory-invalid': { audience: 'agent', meaning: 'A part of an entry is not of the shape it must have.' },
  'memory-unsealed': {
    audience: 'operator',
    meaning: 'A sensitive entry could not be encrypted, so it was not stored.',
  },
  'memory-index-damaged': {
    audience: 'operator',
    meaning: 'The index of memory in the database does not hold what was written to it.',
  },
  'corpus-invalid': {
    audience: 'operator',
    meaning: 'A corpus or one of its documents is not of the shape it must have.',
  },
  'embedding-unconfigured': {
    audience: 'operator',
    meaning: 'No embedding endpoint is configured, or its address may not be used.',
  },
  'embedding-failed': { audience: 'operator', meaning: 'The embedding endpoint did not do what was asked of it.' },
  'import-malformed': { audience: 'operator', meaning: 'A file cannot be read as memories.' },
});
