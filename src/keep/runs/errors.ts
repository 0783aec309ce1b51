import { defineErrors } from '../../kit/index.ts';

export const runError = defineErrors({
  'plan-quota-spent': { audience: 'agent', meaning: 'As many plans were asked for within the hour as are allowed.' },
  'proposal-ambiguous': { audience: 'agent', meaning: 'A plan was asked for of a patch and of a ref at once.' },
  'stack-unknown': { audience: 'agent', meaning: 'No stack, or more than one, has the name that was given.' },
  'stack-not-planned': {
    audience: 'agent',
    meaning: 'No profile of keep.yaml plans the stack, or one skips it; the message has the reason.',
  },
  'run-foreign': { audience: 'agent', meaning: 'A run can only be withdrawn by the agent that asked for it.' },
  'keep-stopping': { audience: 'agent', meaning: 'The keep is being stopped and takes no new run.' },
});
