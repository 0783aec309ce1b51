import { distance } from 'fastest-levenshtein';
import { type ClusterObject, type ClusterReader, type Kind, kindId } from '../../src/cluster/index.ts';
import { CastellanError } from '../../src/kit/index.ts';
import { kubectlError } from './errors.ts';

export interface Wanted {
  readonly cluster: ClusterReader;
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly signal: AbortSignal;
}

/** Throws `object-not-found` with the nearest names, or `object-ambiguous`. */
export async function findObject(request: Wanted): Promise<ClusterObject> {
  const { cluster, kind, namespace, name, signal } = request;
  if (kind.namespaced && namespace === undefined) return findAnywhere(request);
  try {
    return await cluster.get(kind, name, { namespace, signal });
  } catch (cause) {
    if (!(cause instanceof CastellanError) || cause.code !== 'cluster-not-found') throw cause;
    throw await notFound(request, cause);
  }
}

/** Without a namespace, the name decides if only one namespace has it. */
async function findAnywhere(request: Wanted): Promise<ClusterObject> {
  const { cluster, kind, name, signal } = request;
  const namespaces = await namespacesWith(request);
  const [only, ...others] = namespaces;
  if (only === undefined) throw await notFound(request);
  if (others.length === 0) return cluster.get(kind, name, { namespace: only, signal });
  throw kubectlError('object-ambiguous', {
    message: `${namespaces.length} namespaces have ${kindId(kind)} ${name}: ${namespaces.slice(0, 10).join(', ')}`,
    next: 'call again with namespace',
  });
}

async function namespacesWith({ cluster, kind, name, signal }: Wanted): Promise<readonly string[]> {
  const { objects } = await cluster.list(kind, { fieldSelector: `metadata.name=${name}`, shape: 'metadata', signal });
  return objects.map((object) => object.namespace);
}

const suggestions = 5;

async function notFound(request: Wanted, cause?: unknown): Promise<Error> {
  const { cluster, kind, namespace, name, signal } = request;
  const elsewhere = namespace === undefined || !kind.namespaced ? [] : await namespacesWith(request);
  const { objects } = await cluster.list(kind, { namespace, shape: 'metadata', signal });
  const near = objects
    .map((object) => ({ name: object.name, away: apart(name, object.name) }))
    .filter(({ away }) => away <= Math.max(3, name.length / 2))
    .sort((a, b) => a.away - b.away)
    .map((candidate) => candidate.name);
  const nearest = [...new Set(near)].slice(0, suggestions);
  const hints = [
    ...(elsewhere.length === 0 ? [] : [`the name exists in namespace ${elsewhere.slice(0, suggestions).join(', ')}`]),
    ...(nearest.length === 0 ? [] : [`nearest names: ${nearest.join(', ')}`]),
  ];
  return kubectlError('object-not-found', {
    message: `there is no ${kindId(kind)} ${name}${namespace === undefined || !kind.namespaced ? '' : ` in namespace ${namespace}`}`,
    next: hints.length > 0 ? hints.join('; ') : `list them: kind=${kindId(kind)} view=names`,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A name that begins with what was asked (`web` for `web-5d9c…`) is nearer than its length says. */
function apart(wanted: string, name: string): number {
  return name.startsWith(wanted) || wanted.startsWith(name) ? 1 : distance(wanted, name);
}
