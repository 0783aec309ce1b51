import { z } from 'zod';
import { clusterError } from './errors.ts';
import type { Action } from './reader.ts';
import type { Transport } from './transport/transport.ts';

const answerShape = z.object({ status: z.object({ allowed: z.boolean() }) });

/** Asks the API server whether the credential may do something; nothing is tried. */
export async function askAccess(
  transport: Pick<Transport, 'review'>,
  { verb, group = '', resource, subresource = '', namespace = '', name = '' }: Action,
  signal: AbortSignal,
): Promise<boolean> {
  const resourceAttributes = { verb, group, resource, subresource, namespace, name };
  const answer = answerShape.safeParse(await transport.review('access', { resourceAttributes }, signal));
  if (answer.success) return answer.data.status.allowed;
  throw clusterError('cluster-answer-unreadable', {
    message: 'the API server did not say whether the credential may do this',
    next: 'ask the operator to run `castellan doctor`',
    cause: answer.error,
  });
}
