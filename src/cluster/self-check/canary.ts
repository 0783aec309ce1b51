import { askAccess } from '../access.ts';
import type { Action } from '../reader.ts';
import type { Transport } from '../transport/transport.ts';

/** A right nobody who only looks has. It is asked of the API server, which knows more than any list of rules. */
export interface Canary {
  readonly what: string;
  readonly action: Action;
}

export const canaries: readonly Canary[] = [
  { what: 'get secrets', action: { verb: 'get', resource: 'secrets' } },
  { what: 'list secrets', action: { verb: 'list', resource: 'secrets' } },
  { what: 'create pods', action: { verb: 'create', resource: 'pods' } },
  { what: 'create pods/exec', action: { verb: 'create', resource: 'pods', subresource: 'exec' } },
  // A program can be started in a pod by GET too, on API servers before 1.35.
  { what: 'get pods/exec', action: { verb: 'get', resource: 'pods', subresource: 'exec' } },
  { what: 'patch deployments.apps', action: { verb: 'patch', group: 'apps', resource: 'deployments' } },
  { what: 'impersonate users', action: { verb: 'impersonate', resource: 'users' } },
  { what: 'get nodes/proxy', action: { verb: 'get', resource: 'nodes', subresource: 'proxy' } },
  {
    what: 'create serviceaccounts/token',
    action: { verb: 'create', resource: 'serviceaccounts', subresource: 'token' },
  },
];

/** What of it the credential may do in a namespace; without one, in all of them at once. */
export async function allowedCanaries(
  transport: Pick<Transport, 'review'>,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const answers = await Promise.all(
    canaries.map(async ({ what, action }) =>
      (await askAccess(transport, { ...action, namespace }, signal)) ? [what] : [],
    ),
  );
  return answers.flat();
}
