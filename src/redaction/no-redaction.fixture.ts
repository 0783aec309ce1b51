import type { Redactor } from './redactor.ts';

/** Redacts nothing: what a test with it sees removed, something else removed. */
export const silent: Redactor = {
  text: (text) => ({ text, counts: {} }),
  value: (value) => ({ value, counts: {} }),
};
