import type { Untrusted } from '../../kit/index.ts';
import type { ClusterObject } from '../reader.ts';
import type { Shape } from '../shape.ts';
import type { ClusterView } from '../view.ts';

/**
 * A rule looks at one view of the cluster and says what is wrong in it. One rule is one file in `rules/`, named as its id,
 * with its fixture beside it.
 *
 *  finding   one thing that is wrong with one object
 *  root      the owner at the top: findings of a Deployment's pods are told under the Deployment
 *  need      a kind a rule reads, by its id (`pods`, `deployments.apps`), and which fields. A kind the API server does not
 *            serve is empty (`view.serves` tells); a kind that could not be read makes the rule unknown: it is not run
 */
export interface Rule {
  /** Kebab case: what is wrong, `image-pull-failing`. */
  readonly id: string;
  /** One sentence for the docs: what it finds, and what it leaves alone. */
  readonly title: string;
  readonly needs: Readonly<Record<string, Shape>>;
  /** Kinds that let its findings tell more. One that could not be read is empty here, and the rule runs without it. */
  readonly wants?: Readonly<Record<string, Shape>>;
  find(view: ClusterView): Iterable<Finding>;
}

/**
 *  critical  something does not work now
 *  warning   something works worse than it should, or will stop working
 *  notice    worth knowing, nobody is hurt
 */
export type Severity = 'critical' | 'warning' | 'notice';

export interface Finding {
  readonly severity: Severity;
  readonly object: ClusterObject;
  /** A few words of ours, without names somebody else chose freely: `container cannot start: OOMKilled, limit 128Mi`. */
  readonly summary: string;
  /** What the cluster says about it. */
  readonly detail?: Untrusted | undefined;
  readonly since?: Date | undefined;
  /** What to look at next, as a call: `kubectl_logs target=pod/x previous=true`. */
  readonly next?: string | undefined;
  /** The container of `object`, a pod, whose log may tell why; `previous` when its instance before this one failed. */
  readonly log?: { readonly container: string; readonly previous: boolean } | undefined;
}
