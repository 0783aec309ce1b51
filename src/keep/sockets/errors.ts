import { defineErrors } from '../../kit/index.ts';

export const socketError = defineErrors({
  'keep-verb-unknown': { audience: 'agent', meaning: "The keep's socket was asked for something it does not do." },
  'keep-request-malformed': { audience: 'agent', meaning: 'A request to the keep was not what its protocol takes.' },
  'keep-busy': { audience: 'agent', meaning: 'More connections to the keep are open than it serves at once.' },
  'keep-fault': { audience: 'operator', meaning: 'A fault of the keep itself; its log has more.' },
  'keep-folder-unsafe': {
    audience: 'operator',
    meaning: 'The folder of one of the keep’s sockets belongs to somebody else, or others may write to it.',
  },
});
