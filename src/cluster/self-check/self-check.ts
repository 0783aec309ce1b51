import type { ProbeFinding } from '../../kit/index.ts';
import { clusterError } from '../errors.ts';
import type { Transport } from '../transport/transport.ts';
import { allowedCanaries } from './canary.ts';
import { canaryFindings, identityFinding, readOnlyRole, rightsFinding } from './findings.ts';
import { nearbyNamespaces, otherNamespaces } from './namespaces.ts';
import { describeExcess, type Review, reviewRights } from './review.ts';

/**
 * Asks the API server what the credential may do, and refuses one that may do more than look. The transport would not
 * send a write anyway; this makes sure that nothing is lost if it ever did. No read is served before the check has
 * passed, and none ten minutes after it last did.
 *
 *  canary    a right nobody who only looks has, asked one by one
 *  review    the API server's list of all rights in a namespace
 *  nearby    the namespaces every check reviews: default, kube-system, the account's own, and those under suspicion
 *  sweep     the review of all others after a check has passed: reads do not wait for it, but what it finds stops them
 */
const validMs = 10 * 60_000;

/** Namespaces remembered from a sweep that found something: enough to refuse by, few enough to ask about before a read. */
const mostSuspects = 5;

export interface SelfCheck extends AsyncDisposable {
  /** Passes, or throws `cluster-overprivileged` or whatever kept the check from being made. */
  assertReadOnly(signal: AbortSignal): Promise<void>;
  /** The same and the sweep, as findings for an operator, always measured anew. */
  findings(signal: AbortSignal): Promise<readonly ProbeFinding[]>;
}

export function createSelfCheck(
  transport: Pick<Transport, 'read' | 'review'>,
  now: () => number = Date.now,
): SelfCheck {
  const closing = new AbortController();
  let passedAt: number | undefined;
  let running: Promise<void> | undefined;
  let sweeping: Promise<void> | undefined;
  let suspects: readonly string[] = [];

  const reviewNearby = async (signal: AbortSignal): Promise<Review> =>
    reviewRights(transport, await nearbyNamespaces(transport, suspects, signal), signal);

  const sweep = async (nearby: Review, signal: AbortSignal): Promise<Review> => {
    const { namespaces, left } = await otherNamespaces(transport, nearby.reviewed, signal);
    return { ...(await reviewRights(transport, namespaces, signal)), left };
  };

  /** From here on every check reviews the namespaces where it was found. */
  const suspect = ({ excess }: Review): void => {
    if (excess.length === 0) return;
    passedAt = undefined;
    suspects = [...new Set(excess.map(({ namespace }) => namespace))].slice(0, mostSuspects);
  };

  const check = async (signal: AbortSignal): Promise<void> => {
    const [canaries, review] = await Promise.all([allowedCanaries(transport, undefined, signal), reviewNearby(signal)]);
    const excess = describeExcess(review, canaries);
    if (excess !== '') {
      throw clusterError('cluster-overprivileged', {
        message: `the credential may do more than look (${excess}), so nothing is read with it`,
        next: readOnlyRole,
      });
    }
    passedAt = now();
    // A sweep that fails has measured nothing: the next check starts another, and findings tell what kept theirs.
    sweeping = sweep(review, signal).then(suspect, () => undefined);
  };

  return {
    async assertReadOnly(signal) {
      if (passedAt !== undefined && now() - passedAt < validMs) return;
      // Callers that come while a check runs share it, so it must not end with the first of them; each of its requests
      // has the transport's own deadline.
      running ??= check(closing.signal).finally(() => {
        running = undefined;
      });
      await running;
      signal.throwIfAborted();
    },
    async findings(signal) {
      const survey = async (): Promise<Review> => {
        const nearby = await reviewNearby(signal);
        const others = await sweep(nearby, signal);
        const all = {
          excess: [...nearby.excess, ...others.excess],
          reviewed: [...nearby.reviewed, ...others.reviewed],
          incomplete: [...nearby.incomplete, ...others.incomplete],
          left: others.left,
        };
        suspect(all);
        return all;
      };
      return [
        await identityFinding(transport, signal),
        ...(await canaryFindings(transport, signal)),
        await rightsFinding(survey),
      ];
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the connection to the cluster was closed'));
      await sweeping;
    },
  };
}
