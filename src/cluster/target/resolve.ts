import type { Kind } from '../kind.ts';
import type { ClusterObject, ClusterReader } from '../reader.ts';

/**
 * What somebody means by a word. The steps, the first that finds something decides:
 *
 *  exact   `deploy/server`, `photos/deploy/server` (namespace first), a workload's or a pod's own name
 *  label   a workload whose app label (`app.kubernetes.io/name`, `app`, …) is the word, or whose namespace is and holds no other
 *  host    a host name an Ingress, an IngressRoute or an HTTPRoute leads to a workload, or its first label
 *  prefix  a workload or a pod whose name begins with the word
 *
 * One hit is taken and said; several are an error with at most five candidates; none is one with the nearest names.
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

/** Throws `target-not-found` or `target-ambiguous`. */
export declare function resolveTarget(request: TargetRequest): Promise<ResolvedTarget>;
