import type { Query, Resource } from './asked.ts';

/**
 * A Secret that is in the state of the planned stack already, so that planning it tells nothing new: one by its name, or those
 * in which Helm keeps a release (`sh.helm.release.v1.<release>.v<number>`).
 */
export type SecretAllowance =
  | { readonly namespace: string; readonly name: string }
  | { readonly namespace: string; readonly helmRelease: string };

/** Why a request about Secrets is refused; undefined when it may go on. */
export function admitSecret(
  { group, namespace, name, subresource }: Resource,
  query: Query,
  allowed: readonly SecretAllowance[],
): string | undefined {
  if (group !== '' || namespace === undefined || subresource !== undefined) return 'Secrets are not read at large';
  const here = allowed.filter((entry) => entry.namespace === namespace);
  if (name !== undefined) {
    const isAllowed = here.some((entry) =>
      'name' in entry ? entry.name === name : isOfRelease(name, entry.helmRelease),
    );
    return isAllowed ? undefined : 'this Secret is not in the state of the stack';
  }
  const release = releaseAskedFor(query);
  const isAllowed = here.some((entry) => 'helmRelease' in entry && entry.helmRelease === release);
  return isAllowed ? undefined : 'Secrets are not listed, but those of a Helm release of the stack';
}

function isOfRelease(name: string, release: string): boolean {
  const prefix = `sh.helm.release.v1.${release}.v`;
  return name.startsWith(prefix) && /^[0-9]{1,9}$/.test(name.slice(prefix.length));
}

/** A list is told apart by its selector alone, so nothing else may say what is in it; a page's token least of all. */
const listOptions: ReadonlySet<string> = new Set(['labelSelector', 'limit', 'pretty', 'timeout', 'timeoutSeconds']);

export function releaseAskedFor(query: Query): string | undefined {
  if ([...query.keys()].some((key) => !listOptions.has(key))) return undefined;
  const labels = new Map<string, string>();
  for (const term of (query.get('labelSelector') ?? '').split(',')) {
    const [, key, value] = /^(owner|name|status|version)=([A-Za-z0-9._-]+)$/.exec(term) ?? [];
    if (key === undefined || value === undefined || labels.has(key)) return undefined;
    labels.set(key, value);
  }
  return labels.get('owner') === 'helm' ? labels.get('name') : undefined;
}
