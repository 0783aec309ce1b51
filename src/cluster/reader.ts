import type { JsonObject } from '../kit/index.ts';
import type { Kind } from './kind.ts';
import type { Shape } from './shape.ts';

/**
 * The port through which everything else sees a cluster. What comes out is redacted already: a predicate, a sort or a cut
 * behind this port never sees what an agent must not.
 *
 *  kind      what discovery knows of a word like `deploy`
 *  object    one Kubernetes object, redacted; its `body` is what is left of the JSON
 *  reading   several objects of one moment, with the resource version of that moment
 */
export interface ClusterReader {
  /** The context this reader reads. */
  readonly context: string;
  /** The reader of another context castellan.yaml allows; throws `cluster-context-refused`. */
  inContext(context: string | undefined): ClusterReader;
  /** Throws `cluster-kind-unknown` or `cluster-secret-refused`. */
  kind(word: string, signal: AbortSignal): Promise<Kind>;
  /** All pages of a list; throws `cluster-list-expired` when `resourceVersion` is gone. */
  list(kind: Kind, options: ListOptions): Promise<Reading>;
  /** Throws `cluster-not-found`. */
  get(kind: Kind, name: string, options: GetOptions): Promise<ClusterObject>;
}

export interface ListOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined;
  /** Label selector, evaluated by the API server. */
  readonly selector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** The moment of an earlier reading, to read the same list again. */
  readonly resourceVersion?: string | undefined;
  /** Which fields are wanted; everything else is dropped before it is looked at. `metadata` asks the server for no more. */
  readonly shape: Shape | 'metadata';
  readonly signal: AbortSignal;
}

export interface GetOptions {
  readonly namespace?: string | undefined;
  readonly signal: AbortSignal;
}

export interface Reading {
  readonly objects: readonly ClusterObject[];
  readonly resourceVersion: string;
  readonly withheld: Withheld;
}

export interface ClusterObject {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** Empty for objects outside namespaces. */
  readonly namespace: string;
  readonly created: Date | undefined;
  readonly body: JsonObject;
  readonly withheld: Withheld;
}

/** How often each rule took something away. */
export type Withheld = Readonly<Record<string, number>>;
