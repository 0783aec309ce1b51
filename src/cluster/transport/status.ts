import { clusterError } from '../errors.ts';

interface Response {
  /** What was asked, in words. */
  readonly what: string;
  readonly body: Uint8Array;
  readonly retryAfter: string | string[] | undefined;
}

/** Passes 2xx. Everything else becomes one of our own errors: of the answer's body only the reason word is used. */
export function assertSucceeded(status: number, { what, body, retryAfter }: Response): void {
  if (status >= 200 && status < 300) return;
  if (status < 400) {
    throw clusterError('cluster-redirected', {
      message: `the API server answered ${status} to ${what}, and redirects are never followed`,
      next: 'put the address the API server really has into the kubeconfig',
    });
  }
  if (status === 401) {
    throw clusterError('cluster-unauthorized', {
      message: `the API server did not accept the credential (to ${what})`,
      next: 'a human must renew the credential in the kubeconfig; `castellan init kubernetes --renew` does for one it made',
    });
  }
  if (status === 403) {
    throw clusterError('cluster-forbidden', {
      message: `the credential may not ${what}`,
      next: `a human must change RBAC to allow it: verb ${rightOf(what)} (see deploy/kubernetes/reader-role.yaml)`,
    });
  }
  if (status === 404) {
    throw clusterError('cluster-not-found', {
      message: `nothing was found to ${what}`,
      next: 'check kind, name and namespace',
    });
  }
  if (status === 410) {
    throw clusterError('cluster-list-expired', {
      message: `the version of the list that was being read is gone (to ${what})`,
      next: 'start again without a cursor',
    });
  }
  if (status === 429) {
    throw clusterError('cluster-throttled', {
      message: `the API server is busy and refused to ${what}`,
      next: `wait ${secondsOf(retryAfter)} s and call again`,
    });
  }
  if (status >= 500) {
    throw clusterError('cluster-failing', {
      message: `the API server failed with ${status}${reasonOf(body)} (to ${what})`,
      next: 'call again in a moment; if it stays, the API server or an aggregated API behind it is broken',
    });
  }
  throw clusterError('cluster-request-rejected', {
    message: `the API server rejected the request with ${status}${reasonOf(body)} (to ${what})`,
    next: 'check kind, namespace and selector',
  });
}

/** `get deployments.apps` of `get deployments.apps web in namespace shop`: a role grants verbs on kinds, not on objects. */
function rightOf(what: string): string {
  return /^(?:get|list) (?!the )[a-z0-9.-]+(?:\/[a-z]+)?(?= |$)/.exec(what)?.[0] ?? what;
}

/** `reason` is one CamelCase word from a fixed vocabulary; anything else is left out. */
function reasonOf(body: Uint8Array): string {
  const reason = /"reason":\s*"([A-Za-z]{1,40})"/.exec(Buffer.from(body).toString('latin1', 0, 4_096))?.[1];
  return reason === undefined ? '' : ` ${reason}`;
}

function secondsOf(retryAfter: string | string[] | undefined): number {
  const seconds = Number(retryAfter);
  return Number.isInteger(seconds) && seconds > 0 && seconds <= 600 ? seconds : 5;
}
