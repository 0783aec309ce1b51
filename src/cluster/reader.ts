import type { JsonObject } from '../kit/index.ts';
import type { Kind } from './kind.ts';
import type { FieldManager } from './managers.ts';
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
  /** Who manages these fields of an object (managers.ts has the words). Throws `cluster-not-found`. */
  managers(kind: Kind, name: string, options: ManagersOptions): Promise<ReadonlyMap<string, readonly FieldManager[]>>;
  /** The columns the server itself prints for a kind: the only account of a kind nobody here knows. */
  table(kind: Kind, options: TableOptions): Promise<ServerTable>;
  /** The newest lines of one container's log. Throws `cluster-not-found`. */
  logs(pod: PodRef, options: LogOptions): Promise<LogReading>;
  /** What happens to the objects of a kind from now on, or from `resourceVersion` on; ends when the server ends it. */
  watch(kind: Kind, options: WatchOptions): AsyncIterable<WatchEvent>;
  /** Every kind the server lists, Secrets left out. */
  kinds(signal: AbortSignal): Promise<readonly Kind[]>;
  /** The OpenAPI (v3) document of a group's version: nobody's values, so as the server sends it, words of its authors included. */
  schema(group: string, version: string, signal: AbortSignal): Promise<JsonObject>;
  /** Whether the credential may do this; it is asked, never tried. */
  may(action: Action, signal: AbortSignal): Promise<boolean>;
}

export interface PodRef {
  readonly namespace: string;
  readonly name: string;
}

export interface LogOptions {
  readonly container: string;
  /** Of the container's instance before this one. */
  readonly previous?: boolean | undefined;
  readonly since?: Date | undefined;
  /** At most this many of the newest lines. */
  readonly tail?: number | undefined;
  /** Characters of the newest lines that are kept; 5 Mi unless said. */
  readonly room?: number | undefined;
  readonly signal: AbortSignal;
}

export interface LogReading {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  /** What the server sent, kept or not. */
  readonly received: { readonly lines: number; readonly bytes: number };
  /** Lines that were sent and not kept, because newer ones filled the memory set aside for one log. */
  readonly dropped: number;
  readonly withheld: Withheld;
}

export interface LogLine {
  /** When the container runtime got it; undefined when it did not say. */
  readonly at: Date | undefined;
  /** One line, redacted, still somebody else's words. */
  readonly text: string;
}

export interface WatchOptions {
  readonly namespace?: string | undefined;
  readonly selector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly shape: Shape;
  /** The server ends the watch after this long. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** `bookmark` only says how far the watch is. A version that is gone throws `cluster-list-expired`. */
export type WatchEvent =
  | {
      readonly type: 'added' | 'modified' | 'deleted';
      readonly object: ClusterObject;
      readonly resourceVersion: string;
    }
  | { readonly type: 'bookmark'; readonly resourceVersion: string };

export interface TableOptions {
  readonly namespace?: string | undefined;
  readonly selector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly signal: AbortSignal;
}

export interface ServerTable {
  /** `priority` 0 is what kubectl prints without -o wide. */
  readonly columns: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly {
    readonly name: string;
    readonly namespace: string;
    readonly cells: readonly (string | number | boolean | null)[];
  }[];
  readonly withheld: Withheld;
}

export interface Action {
  readonly verb: string;
  readonly group?: string | undefined;
  readonly resource: string;
  readonly subresource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
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

export interface ManagersOptions extends GetOptions {
  readonly fields: readonly string[];
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
