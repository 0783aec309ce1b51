import type { z } from 'zod';
import type { JsonObject } from '../../kit/index.ts';
import type { ObjectRef } from '../owner.ts';
import type { ClusterObject } from '../reader.ts';
import type { Shape } from '../shape.ts';
import type { Fact } from './entry.ts';

/**
 * How one kind is followed: what is read of its objects, what is remembered of each, and what there is to tell when one is
 * seen. Seen for the first time, an object tells what it still shows of its past; after that, what is new.
 */
export interface Observer {
  readonly kind: string;
  readonly kindId: string;
  readonly shape: Shape;
  /** With `created`, by which another object of the same name is known. Undefined: an object nobody needs to hear of. */
  condense(object: ClusterObject): JsonObject | undefined;
  tell(object: ClusterObject, before: JsonObject | undefined, known: Known): readonly Fact[];
  gone(ref: ObjectRef, before: JsonObject, known: Known): readonly Fact[];
}

/** What is remembered of everything that is followed in this cluster, the object at hand included. */
export interface Known {
  /** Objects of a kind whose state has this as its `owner`, those that went a while ago included. */
  ownedBy(kindId: string, owner: ObjectRef): readonly { readonly name: string; readonly state: JsonObject }[];
  /** Follows owners upwards; where the object is not known, by its name. */
  rootOf(ref: ObjectRef): ObjectRef;
}

interface ObserverDefinition<State extends JsonObject> {
  readonly kind: string;
  readonly kindId: string;
  readonly shape: Shape;
  /** A state that an earlier build wrote in another form counts as none. */
  readonly state: z.ZodType<State>;
  condense(object: ClusterObject): Omit<State, 'created'> | undefined;
  tell(seen: Seen<State>): Iterable<Fact>;
  gone?(gone: Gone<State>): Iterable<Fact>;
}

export interface Seen<State> {
  readonly object: ClusterObject;
  readonly ref: ObjectRef;
  readonly now: State;
  readonly before: State | undefined;
  readonly known: Known;
}

export interface Gone<State> {
  readonly ref: ObjectRef;
  readonly before: State;
  readonly known: Known;
}

export function defineObserver<State extends JsonObject>(definition: ObserverDefinition<State>): Observer {
  const { kind, kindId, shape, state } = definition;
  const condense = (object: ClusterObject): JsonObject | undefined => {
    const condensed = definition.condense(object);
    return condensed === undefined ? undefined : { ...condensed, created: object.created?.toISOString() ?? '' };
  };
  return {
    kind,
    kindId,
    shape,
    condense,
    tell(object, before, known) {
      const now = state.safeParse(condense(object)).data;
      if (now === undefined) return [];
      const ref = { group: object.group, kind: object.kind, namespace: object.namespace, name: object.name };
      return [...definition.tell({ object, ref, now, before: state.safeParse(before).data, known })];
    },
    gone(ref, before, known) {
      const last = state.safeParse(before).data;
      return last === undefined ? [] : [...(definition.gone?.({ ref, before: last, known }) ?? [])];
    },
  };
}
