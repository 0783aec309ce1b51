import { z } from 'zod';
import { CastellanError } from '../../kit/index.ts';
import { clusterError } from '../errors.ts';
import { metadataOnly } from '../list.ts';
import type { Transport } from '../transport/transport.ts';

const identityShape = z.object({
  status: z.object({ userInfo: z.object({ username: z.string(), groups: z.array(z.string()).default([]) }) }),
});
const namespacesShape = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/** A review takes the API server a millisecond or two; beyond this many, findings say that some were not reviewed. */
const mostNamespaces = 200;

export interface Identity {
  readonly username: string;
  readonly groups: readonly string[];
}

/** Who the API server takes the credential for. */
export async function identityOf(transport: Pick<Transport, 'review'>, signal: AbortSignal): Promise<Identity> {
  const answer = identityShape.safeParse(await transport.review('self', {}, signal));
  if (answer.success) return answer.data.status.userInfo;
  throw clusterError('cluster-answer-unreadable', {
    message: 'the API server did not say whose credential it is',
    next: 'ask the operator to run `castellan doctor`',
    cause: answer.error,
  });
}

/** Where more than looking would do most harm, or is given most easily: a role bound beside the account. */
export async function nearbyNamespaces(
  transport: Pick<Transport, 'review'>,
  suspects: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  return [...new Set(['default', 'kube-system', ...(await ownNamespace(transport, signal)), ...suspects])];
}

async function ownNamespace(transport: Pick<Transport, 'review'>, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const { username } = await identityOf(transport, signal);
    return /^system:serviceaccount:([a-z0-9-]{1,63}):/.exec(username)?.slice(1) ?? [];
  } catch (error) {
    // Before 1.28 nobody can ask; the sweep comes to that namespace with the others.
    if (error instanceof CastellanError && error.code === 'cluster-not-found') return [];
    throw error;
  }
}

export async function otherNamespaces(
  transport: Pick<Transport, 'read'>,
  reviewed: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly namespaces: readonly string[]; readonly left: number }> {
  const target = { kind: 'resource', group: '', version: 'v1', resource: 'namespaces' } as const;
  const answer = namespacesShape.safeParse(await transport.read(target, { signal, accept: metadataOnly }));
  if (!answer.success) {
    throw clusterError('cluster-answer-unreadable', {
      message: 'the API server did not list its namespaces',
      next: 'ask the operator to run `castellan doctor`',
      cause: answer.error,
    });
  }
  const others = answer.data.items.map(({ metadata }) => metadata.name).filter((name) => !reviewed.includes(name));
  return { namespaces: others.slice(0, mostNamespaces), left: Math.max(0, others.length - mostNamespaces) };
}
