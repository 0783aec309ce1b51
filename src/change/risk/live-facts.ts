/**
 * What only the cluster itself knows of what a plan touches. Everything is known or unknown with the reason, which is ours and
 * quotes nobody; nothing is guessed.
 */
export type Fact<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly why: string };

export interface LiveFacts {
  /** Hosts that lead to a workload through its Services; sorted. */
  hostsOf(workload: WorkloadName): Promise<Fact<readonly string[]>>;
  /** A claim, its size and its newest backup. Unknown too when the cluster has no such claim. */
  volume(claim: { readonly namespace: string; readonly name: string }): Promise<Fact<VolumeFacts>>;
  /** Claims of a namespace that a StatefulSet made of its templates: `data-web-0`. */
  claimsOf(set: { readonly namespace: string; readonly name: string }): Promise<Fact<readonly string[]>>;
}

export interface WorkloadName {
  readonly namespace: string;
  /** `Deployment` */
  readonly kind: string;
  readonly name: string;
}

export interface VolumeFacts {
  /** As Kubernetes writes it: `20Gi`. */
  readonly size: Fact<string>;
  /** The newest backup that the cluster tells of; undefined when all that could tell was read, and tells of none. */
  readonly newestBackup: Fact<Date | undefined>;
}
