import { defineErrors } from '../../kit/index.ts';

export const decisionError = defineErrors({
  'decision-void': {
    audience: 'operator',
    meaning: 'There is nothing to decide of what a human was to decide, or not any more; the message has the reason.',
  },
  'decision-not-done': {
    audience: 'operator',
    meaning: 'What a human signed was taken and written down, but it could not be done; the message has the reason.',
  },
  'decision-elsewhere': {
    audience: 'operator',
    meaning: 'What was signed is about a request for a secret, and is to be handed in there; nothing was spent.',
  },
});

export function voidDecision(reason: string, next = 'look again at what waits in the console'): Error {
  return decisionError('decision-void', { message: `there is nothing to sign: ${reason}`, next });
}
