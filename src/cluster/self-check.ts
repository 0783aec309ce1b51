import { z } from 'zod';
import { CastellanError, type ProbeFinding } from '../kit/index.ts';
import { clusterError } from './errors.ts';
import type { Transport } from './transport/transport.ts';

/**
 * Asks the API server what the credential may do, and refuses one that may do more than look. The transport would not
 * send a write anyway; this makes sure that nothing is lost if it ever did. No read is served before the check has
 * passed, and none ten minutes after it last did.
 *
 *  canary    a right nobody who only looks has
 */
const validMs = 10 * 60_000;

interface Canary {
  readonly what: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const canaries: readonly Canary[] = [
  { what: 'get secrets', attributes: { verb: 'get', resource: 'secrets' } },
  { what: 'list secrets', attributes: { verb: 'list', resource: 'secrets' } },
  { what: 'create pods', attributes: { verb: 'create', resource: 'pods' } },
  { what: 'create pods/exec', attributes: { verb: 'create', resource: 'pods', subresource: 'exec' } },
  // A program can be started in a pod by GET too, on API servers before 1.35.
  { what: 'get pods/exec', attributes: { verb: 'get', resource: 'pods', subresource: 'exec' } },
  { what: 'patch deployments.apps', attributes: { verb: 'patch', group: 'apps', resource: 'deployments' } },
  { what: 'impersonate users', attributes: { verb: 'impersonate', resource: 'users' } },
  { what: 'get nodes/proxy', attributes: { verb: 'get', resource: 'nodes', subresource: 'proxy' } },
  {
    what: 'create serviceaccounts/token',
    attributes: { verb: 'create', resource: 'serviceaccounts', subresource: 'token' },
  },
];

const next = 'use the read-only role in deploy/kubernetes/reader-role.yaml for the kubeconfig Castellan is given';

const accessAnswer = z.object({ status: z.object({ allowed: z.boolean() }) });
const selfAnswer = z.object({
  status: z.object({ userInfo: z.object({ username: z.string(), groups: z.array(z.string()).default([]) }) }),
});

export interface SelfCheck {
  /** Passes, or throws `cluster-overprivileged` or whatever kept the check from being made. */
  assertReadOnly(signal: AbortSignal): Promise<void>;
  /** The same, as findings for an operator, always measured anew. */
  findings(signal: AbortSignal): Promise<readonly ProbeFinding[]>;
}

export function createSelfCheck(transport: Pick<Transport, 'review'>, now: () => number = Date.now): SelfCheck {
  let passedAt: number | undefined;
  let running: Promise<void> | undefined;

  const allowed = async (canary: Canary, signal: AbortSignal): Promise<boolean> => {
    const answer = accessAnswer.safeParse(
      await transport.review('access', { resourceAttributes: canary.attributes }, signal),
    );
    if (answer.success) return answer.data.status.allowed;
    throw clusterError('cluster-self-check-failed', {
      message: `the API server did not say whether the credential may ${canary.what}`,
      next: 'ask the operator to run `castellan doctor`; nothing is read until the check has passed',
      cause: answer.error,
    });
  };

  const check = async (signal: AbortSignal): Promise<void> => {
    const answers = await Promise.all(
      canaries.map(async (canary) => ((await allowed(canary, signal)) ? [canary.what] : [])),
    );
    const excess = answers.flat();
    if (excess.length > 0) {
      throw clusterError('cluster-overprivileged', {
        message: `the credential may do more than look (${excess.join(', ')}), so nothing is read with it`,
        next,
      });
    }
    passedAt = now();
  };

  return {
    async assertReadOnly(signal) {
      if (passedAt !== undefined && now() - passedAt < validMs) return;
      // Callers that come while a check runs share it, so it must not end with the first of them; each of its requests
      // has the transport's own deadline.
      running ??= check(new AbortController().signal).finally(() => {
        running = undefined;
      });
      await running;
      signal.throwIfAborted();
    },
    async findings(signal) {
      return [await identityFinding(transport, signal), ...(await canaryFindings(allowed, signal))];
    },
  };
}

async function canaryFindings(
  allowed: (canary: Canary, signal: AbortSignal) => Promise<boolean>,
  signal: AbortSignal,
): Promise<readonly ProbeFinding[]> {
  return Promise.all(
    canaries.map(async (canary): Promise<ProbeFinding> => {
      const name = `may not ${canary.what}`;
      try {
        return (await allowed(canary, signal))
          ? { check: name, status: 'fail', detail: `the credential may ${canary.what}`, next }
          : { check: name, status: 'pass', detail: 'refused, as it should be' };
      } catch (error) {
        return unmeasured(name, error);
      }
    }),
  );
}

async function identityFinding(transport: Pick<Transport, 'review'>, signal: AbortSignal): Promise<ProbeFinding> {
  const name = 'who Castellan is';
  try {
    const { userInfo } = selfAnswer.parse(await transport.review('self', {}, signal)).status;
    return {
      check: name,
      status: 'pass',
      detail: `${userInfo.username} (groups: ${userInfo.groups.join(', ') || 'none'})`,
    };
  } catch (error) {
    return unmeasured(name, error);
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
