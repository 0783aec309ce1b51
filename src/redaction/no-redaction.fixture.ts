import type { Redact } from '../kit/index.ts';
import type { Redactor } from './redactor.ts';

/** Redacts texts by one function, whoever wrote them, and no values. */
export function redactingBy(text: Redact): Redactor {
  const redactor: Redactor = {
    text,
    agentText: text,
    value: (value) => ({ value, counts: {} }),
    echoing: () => redactor,
  };
  return redactor;
}

/** Redacts nothing: what a test with it sees removed, something else removed. */
export const silent: Redactor = redactingBy((text) => ({ text, counts: {} }));
