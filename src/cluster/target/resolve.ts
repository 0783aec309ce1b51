import type { Kind } from '../kind.ts';
import type { ClusterObject, ClusterReader } from '../reader.ts';
import { candidateText } from './candidate.ts';
import { findObject } from './find.ts';
import { parseTarget } from './parse.ts';
import { ambiguous, notFound, unseen } from './refusals.ts';
import { searchWord } from './search.ts';

/**
 * What somebody means by a word. The steps, the first that finds something decides:
 *
 *  exact      `deploy/server`, `photos/deploy/server` (namespace first), a workload's or a pod's own name
 *  label      a workload whose app label (`app.kubernetes.io/name`, `app`, …) is the word
 *  namespace  the workloads of the namespace of that name
 *  host       what a host name of an Ingress, an IngressRoute or an HTTPRoute leads to, by the whole name or its first label
 *  prefix     a workload or a pod whose name begins with the word
 *
 * One hit is taken and said; of several, the one that a host of that name leads to. Otherwise several are an error with at
 * most five candidates; none is one with the nearest names.
 */
export interface ResolvedTarget {
  readonly kind: Kind;
  /** Whole and redacted. */
  readonly object: ClusterObject;
  /** `resolved: photos → photos/deploy/server`; undefined when what was asked is what was found, word by word. */
  readonly said: string | undefined;
}

export interface TargetRequest {
  readonly cluster: ClusterReader;
  readonly target: string;
  readonly namespace?: string | undefined;
  readonly signal: AbortSignal;
}

/** Throws `target-invalid`, `target-not-found` or `target-ambiguous`. */
export async function resolveTarget({ cluster, target, namespace, signal }: TargetRequest): Promise<ResolvedTarget> {
  const asked = parseTarget(target, namespace);
  if (asked.form === 'object') {
    const kind = await cluster.kind(asked.kind, signal);
    const object = await findObject({ cluster, kind, name: asked.name, namespace: asked.namespace, signal });
    const inferred = kind.namespaced && asked.namespace === undefined;
    const found = `${object.namespace}/${asked.kind}/${object.name}`;
    return { kind, object, said: inferred ? `resolved: ${asked.kind}/${asked.name} → ${found}` : undefined };
  }
  const search = await searchWord({ cluster, word: asked.word, namespace: asked.namespace, signal });
  const [hit, ...others] = search.hits;
  if (hit === undefined) throw notFound(asked.word, search);
  if (others.length > 0) throw ambiguous(asked.word, search);
  const { kind } = hit;
  const object = await cluster.get(kind, hit.object.name, { namespace: hit.object.namespace || undefined, signal });
  return { kind, object, said: `resolved: ${asked.word} → ${candidateText(hit)}${unseen(search)}` };
}
