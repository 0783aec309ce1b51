import type { Expectation } from '../../../src/change/expect/predicates.ts';

/** `deployment mail/postfix is rolled out within 5 min`. */
export function expectationWords(expected: Expectation): string {
  const within = `within ${expected.within % 60 === 0 ? `${expected.within / 60} min` : `${expected.within} s`}`;
  switch (expected.kind) {
    case 'rollout':
      return `${expected.workload} ${expected.namespace}/${expected.name} is rolled out ${within}`;
    case 'probe':
      return `${expected.url} answers ${expected.status} ${within}`;
    case 'alert-quiet':
      return `alert ${expected.alert} is quiet ${within}`;
    case 'metric':
      return `${expected.query} ${expected.op} ${expected.value} ${within}`;
  }
}
