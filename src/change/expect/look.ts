import type { Expectation, ExpectationResult } from './predicates.ts';

/** One look at what was expected. Its detail is our own words and numbers, never text that was read. */
export interface Look {
  readonly result: ExpectationResult['result'];
  readonly detail: string;
}

export const holds = (detail: string): Look => ({ result: 'pass', detail });
export const fails = (detail: string): Look => ({ result: 'fail', detail });
export const unmeasured = (detail: string): Look => ({ result: 'unknown', detail });

/** `rollout deployment mail/postfix`: what is expected, in a few words. A probe's query may hold anything and is left out. */
export function expectationText(expected: Expectation): string {
  switch (expected.kind) {
    case 'rollout':
      return `rollout ${expected.workload} ${expected.namespace}/${expected.name}`;
    case 'probe':
      return `probe ${addressText(expected.url)} for ${expected.status}`;
    case 'alert-quiet':
      return `alert ${cut(expected.alert)} quiet`;
    case 'metric':
      return `metric ${cut(expected.query)} ${expected.op} ${expected.value}`;
  }
}

function addressText(text: string): string {
  const url = URL.parse(text);
  return url === null ? '?' : cut(`${url.origin}${url.pathname}`);
}

const longest = 120;

function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
