import type { Verdict } from '../health/verdict.ts';
import type { ClusterObject } from '../reader.ts';
import type { Endpoints } from '../service/service.ts';
import type { Candidate } from '../target/candidate.ts';
import type { Route } from '../target/routes.ts';

/**
 * An app: the workloads a name means, and what they have around them in their namespace.
 *
 *  hosts   names that lead to its Services, and names that ought to: routes called like it, whose Service is not there
 *  beside  what else runs in the namespace
 */
export interface App {
  /** `resolved: photos → photos/deploy/server` */
  readonly said: string | undefined;
  readonly namespace: string;
  readonly workloads: readonly AppWorkload[];
  /** Newest first. */
  readonly pods: readonly AppPod[];
  readonly services: readonly AppService[];
  readonly hosts: readonly AppHost[];
  readonly beside: readonly AppWorkload[];
  /** Kinds the credential may not read, by their ids. */
  readonly unread: readonly string[];
}

export interface AppWorkload extends Candidate {
  readonly verdict: Verdict;
  /** `registry.example.net/web:1.2`, each once; `?` for what is no image's name. */
  readonly images: readonly string[];
  /** `Terraform`, `Helm release web`; undefined when the object does not say. */
  readonly managedBy: string | undefined;
}

export interface AppPod {
  readonly object: ClusterObject;
  readonly verdict: Verdict;
  readonly node: string | undefined;
}

export interface AppService {
  readonly object: ClusterObject;
  /** `80`, `443/https`, at most as many as a reader takes in. */
  readonly ports: readonly string[];
  /** Undefined when they are not counted here: it selects no pods, or the slices could not be read. */
  readonly endpoints: Endpoints | undefined;
  readonly selects: boolean;
}

export interface AppHost {
  readonly route: Route;
  /** Names of the Services it leads to that are not there; undefined when Services could not be read. */
  readonly missing: readonly string[] | undefined;
}
