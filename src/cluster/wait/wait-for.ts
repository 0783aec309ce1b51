import { setTimeout as pause } from 'node:timers/promises';
import { CastellanError } from '../../kit/index.ts';
import { at, textAt } from '../fields.ts';
import type { Kind } from '../kind.ts';
import type { ClusterObject, ClusterReader } from '../reader.ts';
import { selectorOf, selectorText } from '../selector.ts';
import { mergeShapes, type Shape } from '../shape.ts';
import { podShape } from '../target/pods.ts';
import { follow } from './follow.ts';
import type { Look } from './look.ts';
import { lookAtPods } from './stuck-pods.ts';

export interface WaitRequest {
  readonly cluster: ClusterReader;
  readonly kind: Kind;
  /** As it was found. */
  readonly object: ClusterObject;
  /** The top-level fields `look` needs beside metadata, spec and status. */
  readonly shape?: Shape;
  look(object: ClusterObject): Look;
  /** Whether its pods are looked at too: what cannot start makes waiting hopeless. */
  readonly needsPods: boolean;
  /** What it means that the object is gone. */
  readonly whenGone: Look;
  readonly seconds: number;
  readonly signal: AbortSignal;
  /** Told each time the look changes. */
  onLook(look: Look, afterMs: number): void;
}

export interface Waited {
  readonly look: Look;
  readonly afterMs: number;
  /** Its pods as last seen, for kinds that have any. */
  readonly pods: readonly ClusterObject[];
  /** What could not be read. */
  readonly unread: readonly { readonly what: string; readonly why: string }[];
}

/** Waits until the look is met or hopeless, the object is gone, or the time is over. Nothing is left running behind it. */
export function waitFor(request: WaitRequest): Promise<Waited> {
  return new Wait(request).run();
}

const itself = 'its state at the end';

class Wait {
  readonly #request: WaitRequest;
  readonly #started = performance.now();
  readonly #over = new AbortController();
  readonly #stop: AbortSignal;
  readonly #done = Promise.withResolvers<void>();
  readonly #podSelector: string | undefined;
  readonly #unread = new Map<string, string>();
  #object: ClusterObject | undefined;
  #pods: readonly ClusterObject[] | undefined;
  #look: Look | undefined;

  constructor(request: WaitRequest) {
    this.#request = request;
    this.#stop = AbortSignal.any([request.signal, this.#over.signal]);
    this.#podSelector = request.needsPods ? podSelectorOf(request.kind, request.object) : undefined;
    this.#pods = this.#podSelector === undefined ? [] : undefined;
  }

  async run(): Promise<Waited> {
    const { signal, seconds, look, object } = this.#request;
    const followers = [this.#followObject(), this.#followPods()].map((follower) =>
      follower.catch((error: unknown) => this.#done.reject(error)),
    );
    try {
      await Promise.race([this.#done.promise, pause(seconds * 1_000, undefined, { signal: this.#stop })]);
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      this.#over.abort();
      await Promise.allSettled(followers);
    }
    return {
      look: this.#look ?? look(this.#object ?? object),
      afterMs: performance.now() - this.#started,
      pods: this.#pods ?? [],
      unread: [...this.#unread].map(([what, why]) => ({ what, why })),
    };
  }

  async #followObject(): Promise<void> {
    const { cluster, kind, object: first, seconds, shape = {}, whenGone } = this.#request;
    const seen = follow({
      cluster,
      kind,
      namespace: first.namespace || undefined,
      fieldSelector: `metadata.name=${first.name}`,
      shape: mergeShapes({ metadata: true, spec: true, status: true }, shape),
      seconds,
      signal: this.#stop,
    });
    for await (const objects of seen) {
      if (objects instanceof CastellanError) {
        this.#unread.set(itself, objects.message);
        continue;
      }
      this.#unread.delete(itself);
      const [found] = objects.values();
      // Another object of the same name is not the one that was there.
      if (found === undefined || uidOf(found) !== uidOf(first)) this.#settle(whenGone);
      else this.#consider(found, this.#pods);
    }
  }

  async #followPods(): Promise<void> {
    const { cluster, object, seconds } = this.#request;
    const [selector, signal] = [this.#podSelector, this.#stop];
    if (selector === undefined) return;
    try {
      const kind = await cluster.kind('pods', signal);
      const { namespace } = object;
      for await (const pods of follow({ cluster, kind, namespace, selector, shape: podShape, seconds, signal })) {
        this.#consider(this.#object, pods instanceof CastellanError ? (this.#pods ?? []) : [...pods.values()]);
      }
    } catch (error) {
      if (!(error instanceof CastellanError) || error.code !== 'cluster-forbidden') throw error;
      this.#unread.set('its pods', error.message);
      this.#consider(this.#object, []);
    }
  }

  /** Pods are part of the look: before they are seen, it is met or it is not known. */
  #consider(object: ClusterObject | undefined, pods: readonly ClusterObject[] | undefined): void {
    this.#object = object;
    this.#pods = pods;
    if (object === undefined) return;
    const { kind, look, needsPods } = this.#request;
    const own = look(object);
    if (own.state === 'met') this.#settle(own);
    else if (pods !== undefined) {
      const theirs = needsPods ? lookAtPods(object, isPod(kind) ? [object] : pods) : undefined;
      this.#settle(own.state === 'waiting' ? (theirs ?? own) : own);
    }
  }

  #settle(now: Look): void {
    const before = this.#look;
    if (this.#over.signal.aborted || (before !== undefined && before.state !== 'waiting')) return;
    this.#look = now;
    if (now.says !== before?.says) this.#request.onLook(now, performance.now() - this.#started);
    if (now.state !== 'waiting') this.#done.resolve();
  }
}

/** Undefined for what has no pods of its own, and for a pod. */
function podSelectorOf(kind: Kind, { body, namespace }: ClusterObject): string | undefined {
  if (isPod(kind) || namespace === '') return undefined;
  return selectorText(selectorOf(at(body, 'spec', 'selector')) ?? {});
}

function isPod({ kind, group }: Kind): boolean {
  return kind === 'Pod' && group === '';
}

function uidOf({ body }: ClusterObject): string | undefined {
  return textAt(at(body, 'metadata'), 'uid');
}
