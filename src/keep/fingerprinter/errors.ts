import { defineErrors } from '../../kit/index.ts';

export const fingerprinterError = defineErrors({
  'fingerprinter-none': { audience: 'operator', meaning: 'This keep has no fingerprinter, so it knows no values.' },
  'fingerprinter-away': {
    audience: 'operator',
    meaning: 'The fingerprinter does not answer on its socket, or not as this version speaks.',
  },
  'fingerprinter-socket-untrusted': {
    audience: 'operator',
    meaning: 'Somebody else could have put the fingerprinter’s socket where it lies.',
  },
  'fingerprinter-malformed': { audience: 'operator', meaning: 'A request to the fingerprinter was not what it takes.' },
  'fingerprinter-busy': {
    audience: 'operator',
    meaning: 'The fingerprinter serves as many as it can, or another one listens on its socket.',
  },
  'fingerprinter-fault': { audience: 'operator', meaning: 'A fault of the fingerprinter itself; its log has more.' },
  'fingerprinter-unhardened': {
    audience: 'operator',
    meaning: 'The fingerprinter was started in a way in which others could look into it: as root, or with a debugger.',
  },
  'fingerprinter-token-writes': {
    audience: 'operator',
    meaning: 'The fingerprinter’s token may do more than read values, so it is not used.',
  },
  'fingerprinter-excluded': {
    audience: 'agent',
    meaning: 'By its settings the fingerprinter never reads this secret, so nothing is known of its values.',
  },
  'fingerprinter-state-unusable': {
    audience: 'operator',
    meaning: 'The key or the history of the fingerprinter belongs to others, or cannot be read or written.',
  },
  'cluster-secret-unreadable': {
    audience: 'operator',
    meaning: 'The one Secret of Kubernetes that a comparison asks for could not be read.',
  },
});
