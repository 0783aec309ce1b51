import { CastellanError, type ProbeFinding } from '../../kit/index.ts';
import { askAccess } from '../access.ts';
import type { Transport } from '../transport/transport.ts';
import { canaries } from './canary.ts';
import { identityOf } from './namespaces.ts';
import { describeExcess, enumerate, type Review } from './review.ts';

/** The next step for whoever gave Castellan a credential that may do more than look. */
export const readOnlyRole =
  'use the read-only role in deploy/kubernetes/reader-role.yaml for the kubeconfig Castellan is given; ' +
  '`castellan init kubernetes` makes both';

export function canaryFindings(
  transport: Pick<Transport, 'review'>,
  signal: AbortSignal,
): Promise<readonly ProbeFinding[]> {
  return Promise.all(
    canaries.map(({ what, action }) =>
      measured(`may not ${what}`, async () =>
        (await askAccess(transport, action, signal))
          ? { status: 'fail', detail: `the credential may ${what}`, next: readOnlyRole }
          : { status: 'pass', detail: 'refused, as it should be' },
      ),
    ),
  );
}

export function identityFinding(transport: Pick<Transport, 'review'>, signal: AbortSignal): Promise<ProbeFinding> {
  return measured('who Castellan is', async () => {
    const { username, groups } = await identityOf(transport, signal);
    return { status: 'pass', detail: `${username} (groups: ${groups.join(', ') || 'none'})` };
  });
}

/** What was not listed whole was not seen whole: that is `unknown`, whatever the canaries say. */
export function rightsFinding(survey: () => Promise<Review>): Promise<ProbeFinding> {
  return measured('may only look, in every namespace', async () => {
    const review = await survey();
    const excess = describeExcess(review);
    if (excess !== '') return { status: 'fail', detail: `the credential may ${excess}`, next: readOnlyRole };
    const { reviewed, incomplete, left } = review;
    if (incomplete.length > 0) {
      return {
        status: 'unknown',
        detail: `the API server lists its rules incompletely in ${enumerate(incomplete, 3, ', ')}; there the canaries alone were asked`,
        next: 'see which authorizers the API server has besides RBAC, and what they give this account',
      };
    }
    if (left > 0) {
      return {
        status: 'unknown',
        detail: `${reviewed.length} namespaces reviewed, ${left} not`,
        next: 'look for RoleBindings to this account or its groups in the others',
      };
    }
    return { status: 'pass', detail: `rules of ${reviewed.length} namespaces reviewed` };
  });
}

async function measured(check: string, measure: () => Promise<Omit<ProbeFinding, 'check'>>): Promise<ProbeFinding> {
  try {
    return { check, ...(await measure()) };
  } catch (error) {
    return unmeasured(check, error);
  }
}

export function unmeasured(check: string, error: unknown): ProbeFinding {
  return error instanceof CastellanError
    ? { check, status: 'unknown', detail: `${error.code}: ${error.message}`, next: error.next }
    : {
        check,
        status: 'unknown',
        detail: 'the answer was not understood',
        next: 'check the version of the API server',
      };
}
