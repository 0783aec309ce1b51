import { defineErrors } from '../../src/kit/index.ts';

export const iacError = defineErrors({
  'keep-unreachable': {
    audience: 'operator',
    meaning: 'The keep did not answer on its socket: it is not running, may not be reached by this user, or is stuck.',
  },
  'keep-socket-untrusted': {
    audience: 'operator',
    meaning: 'Somebody other than the keep could have put its socket there, so nothing was said to it.',
  },
  'keep-reply-invalid': {
    audience: 'operator',
    meaning: 'What came back from the keep is not what a keep of this version says; nothing of it was used.',
  },
  'keep-refused': {
    audience: 'agent',
    meaning: 'The keep refused for a reason this version of the daemon does not know; its words are in the message.',
  },
  'keep-request-too-large': { audience: 'agent', meaning: 'The patch is larger than the keep takes.' },
  'plan-arguments-conflict': { audience: 'agent', meaning: 'Arguments of a plan were given that do not go together.' },
  'stack-not-found': { audience: 'agent', meaning: 'No stack of the trusted base, or more than one, has this name.' },
  'object-not-named': {
    audience: 'agent',
    meaning: 'Without a cluster to look in, an object has to be named by its kind and name.',
  },
  'field-unknown': { audience: 'agent', meaning: 'The source of the object has no field that could be meant.' },
  'patch-unknown': {
    audience: 'agent',
    meaning: 'No prepared patch of this id is there for the human the agent works for, or it is older than a week.',
  },
  'patch-holds-secret': {
    audience: 'agent',
    meaning: 'An edit was found whose diff would show what redaction masks; it was not kept.',
  },
  'expectation-malformed': {
    audience: 'agent',
    meaning: 'What was expected of a change is none of the forms that the keep can measure.',
  },
});
