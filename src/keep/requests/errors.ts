import { defineErrors } from '../../kit/index.ts';

export const requestError = defineErrors({
  'request-quota': {
    audience: 'agent',
    meaning: 'As many requests of this principal wait, or were made within the hour, as may.',
  },
  'request-unknown-secret': {
    audience: 'agent',
    meaning: 'Vault has no such mount, secret, version or key to ask for.',
  },
  'request-not-possible': {
    audience: 'agent',
    meaning: 'This keep cannot do what is asked for, whoever signs it; the message has the reason.',
  },
  'request-not-found': { audience: 'agent', meaning: 'No request for a secret has this id.' },
  'request-not-yours': {
    audience: 'agent',
    meaning: 'A request can only be withdrawn by the agent and human it was made for.',
  },
  'request-over': {
    audience: 'agent',
    meaning: 'A request does not wait any more; its status says what became of it.',
  },
  'request-moved': {
    audience: 'operator',
    meaning: 'The secret has another version than when it was asked for, so what was asked for is not done any more.',
  },
  'request-not-done': {
    audience: 'operator',
    meaning: 'What a human signed about a secret was taken and is spent, but it could not be done.',
  },
  'wrapping-used': {
    audience: 'operator',
    meaning: 'What Vault had wrapped for a human was opened by somebody else: the value has to be taken for known.',
  },
  'wrapping-wrong': {
    audience: 'operator',
    meaning: 'What Vault wrapped is not what a human signed for; it was not opened, or not shown.',
  },
});

export function requestOver(id: string, state: string): Error {
  return requestError('request-over', {
    message: `${id} does not wait any more: it is ${state}`,
    next: 'ask for its status; if it is still wanted, ask anew',
  });
}

export function notPossible(reason: string, next: string): Error {
  return requestError('request-not-possible', { message: `this keep cannot do that: ${reason}`, next });
}
