import { defineErrors } from '../../kit/index.ts';

export const changeError = defineErrors({
  'proposal-empty': {
    audience: 'agent',
    meaning: 'A change was proposed that changes nothing of any stack, and no stack was named to plan as it is.',
  },
  'proposal-rejected': {
    audience: 'agent',
    meaning: 'A human refused exactly this change of this stack before; the message has their words.',
  },
  'changes-pending': {
    audience: 'agent',
    meaning: 'As many sets of changes of this principal wait as may wait at a time.',
  },
  'set-too-large': { audience: 'agent', meaning: 'A proposal touches more stacks than one signature may cover.' },
  'change-unknown': { audience: 'agent', meaning: 'No change and no set has this id.' },
  'change-foreign': {
    audience: 'agent',
    meaning: 'A change can only be withdrawn or revised by the agent that proposed it.',
  },
  'change-past-recall': {
    audience: 'agent',
    meaning: 'A change is being applied or is over: it can be taken back by nobody.',
  },
  'change-not-revertible': {
    audience: 'agent',
    meaning: 'Only a change that was applied and failed, and that no open change reverts, can be reverted.',
  },
  'set-not-ready': {
    audience: 'operator',
    meaning: 'Not every change of a set waits for a signature; the message has which.',
  },
  'document-outdated': {
    audience: 'operator',
    meaning: 'What was signed is not what waits for a signature any more.',
  },
  'approver-same': {
    audience: 'operator',
    meaning: 'The second of two signatures is by the person who made the first.',
  },
});
