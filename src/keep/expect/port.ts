import type { Expectation, ExpectationResult } from '../../change/expect/predicates.ts';

/** Looks at the world until what was expected holds, or its time is over. Nothing of it changes anything. */
export interface Expectations {
  /** One result an expectation, in their order. What cannot be measured is `unknown`; never throws but when aborted. */
  watch(expected: readonly Expectation[], signal: AbortSignal): Promise<readonly ExpectationResult[]>;
}
