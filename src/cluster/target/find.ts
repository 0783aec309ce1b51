import { CastellanError } from '../../kit/index.ts';
import { type Kind, kindId } from '../kind.ts';
import type { ClusterObject, ClusterReader } from '../reader.ts';
import { nameText } from '../words.ts';
import { kindWord } from './candidate.ts';
import { targetError } from './errors.ts';
import { mostCandidates, nearest } from './nearest.ts';

export interface FindRequest {
  readonly cluster: ClusterReader;
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly signal: AbortSignal;
}

/**
 * The object of a kind and a name, whole and redacted. Without a namespace the name decides, if only one has it. Throws
 * `target-not-found` with the nearest names, or `target-ambiguous`.
 */
export async function findObject(request: FindRequest): Promise<ClusterObject> {
  const { cluster, kind, namespace, name, signal } = request;
  if (kind.namespaced && namespace === undefined) return findAnywhere(request);
  try {
    return await cluster.get(kind, name, { namespace, signal });
  } catch (cause) {
    if (!(cause instanceof CastellanError) || cause.code !== 'cluster-not-found') throw cause;
    throw await notFound(request, cause);
  }
}

async function findAnywhere(request: FindRequest): Promise<ClusterObject> {
  const { cluster, kind, name, signal } = request;
  const namespaces = await namespacesWith(request);
  const [only, ...others] = namespaces;
  if (only === undefined) throw await notFound(request);
  if (others.length === 0) return cluster.get(kind, name, { namespace: only, signal });
  const shown = namespaces.slice(0, mostCandidates).map((namespace) => `${namespace}/${kindWord(kind)}/${name}`);
  throw targetError('target-ambiguous', {
    message: `${namespaces.length} namespaces have ${kindId(kind)} ${name}: ${shown.join(', ')}`,
    next: 'call again with namespace',
  });
}

async function namespacesWith({ cluster, kind, name, signal }: FindRequest): Promise<readonly string[]> {
  const { objects } = await cluster.list(kind, { fieldSelector: `metadata.name=${name}`, shape: 'metadata', signal });
  return objects.map((object) => object.namespace);
}

async function notFound(request: FindRequest, cause?: unknown): Promise<Error> {
  const { cluster, kind, namespace, name, signal } = request;
  const inNamespace = namespace === undefined || !kind.namespaced ? '' : ` in namespace ${namespace}`;
  const elsewhere = inNamespace === '' ? [] : await namespacesWith(request);
  const { objects } = await cluster.list(kind, { namespace, shape: 'metadata', signal });
  // Only what can be given back as a name is worth proposing.
  const names = [...new Set(objects.map((object) => object.name))].filter((one) => nameText(one) === one);
  const near = nearest(name, names, (known) => known);
  const hints = [
    ...(elsewhere.length === 0
      ? []
      : [`the name exists in namespace ${elsewhere.slice(0, mostCandidates).join(', ')}`]),
    ...(near.length === 0 ? [] : [`nearest names: ${near.join(', ')}`]),
  ];
  return targetError('target-not-found', {
    message: `there is no ${kindId(kind)} ${name}${inNamespace}`,
    next: hints.length > 0 ? hints.join('; ') : `list them: kubectl_get kind=${kindId(kind)} view=names`,
    ...(cause === undefined ? {} : { cause }),
  });
}
