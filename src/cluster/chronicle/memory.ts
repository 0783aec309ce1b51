import { z } from 'zod';
import type { JsonObject } from '../../kit/index.ts';
import type { ObjectRef } from '../owner.ts';

const owned = z.object({ owner: z.object({ kind: z.string(), name: z.string() }) });

export function ownerIn(state: JsonObject): { readonly kind: string; readonly name: string } | undefined {
  return owned.safeParse(state).data?.owner;
}

interface Place {
  readonly namespace: string;
  readonly name: string;
}

interface Remembered {
  readonly state: JsonObject;
  readonly gone: boolean;
}

const mostGone = 2_000;

/** The states of one cluster's objects by kind, namespace and name, and by owner. What went stays for a while. */
export class Memory {
  readonly #kinds = new Map<string, Map<string, Map<string, Remembered>>>();
  readonly #byOwner = new Map<string, Set<string>>();
  readonly #gone: { readonly kind: string; readonly place: Place }[] = [];

  find(kind: string, { namespace, name }: Place): Remembered | undefined {
    return this.#kinds.get(kind)?.get(namespace)?.get(name);
  }

  remember(kind: string, { namespace, name }: Place, state: JsonObject, gone = false): void {
    const namespaces = this.#kinds.get(kind) ?? new Map<string, Map<string, Remembered>>();
    this.#kinds.set(kind, namespaces);
    const names = namespaces.get(namespace) ?? new Map<string, Remembered>();
    namespaces.set(namespace, names);
    names.set(name, { state, gone });
    const key = ownerKey(kind, namespace, ownerIn(state));
    if (key !== undefined) this.#byOwner.set(key, (this.#byOwner.get(key) ?? new Set()).add(name));
  }

  bury(kind: string, place: Place): void {
    const state = this.find(kind, place)?.state;
    if (state === undefined) return;
    this.remember(kind, place, state, true);
    this.#gone.push({ kind, place: { namespace: place.namespace, name: place.name } });
    const oldest = this.#gone.length > mostGone ? this.#gone.shift() : undefined;
    // Another of its name may have come since.
    if (oldest !== undefined && this.find(oldest.kind, oldest.place)?.gone === true) this.#forget(oldest);
  }

  #forget({ kind, place: { namespace, name } }: { readonly kind: string; readonly place: Place }): void {
    const state = this.find(kind, { namespace, name })?.state;
    this.#kinds.get(kind)?.get(namespace)?.delete(name);
    const key = state === undefined ? undefined : ownerKey(kind, namespace, ownerIn(state));
    if (key === undefined) return;
    this.#byOwner.get(key)?.delete(name);
    if (this.#byOwner.get(key)?.size === 0) this.#byOwner.delete(key);
  }

  present(kind: string): readonly Place[] {
    return [...(this.#kinds.get(kind) ?? [])].flatMap(([namespace, names]) =>
      [...names].filter(([, { gone }]) => !gone).map(([name]) => ({ namespace, name })),
    );
  }

  all(kind: string, namespace: string): readonly { readonly name: string; readonly state: JsonObject }[] {
    return [...(this.#kinds.get(kind)?.get(namespace) ?? [])].map(([name, { state }]) => ({ name, state }));
  }

  ownedBy(kind: string, owner: ObjectRef): readonly { readonly name: string; readonly state: JsonObject }[] {
    const names = this.#byOwner.get(ownerKey(kind, owner.namespace, owner) ?? '') ?? [];
    return [...names].flatMap((name) => {
      const remembered = this.find(kind, { namespace: owner.namespace, name });
      return remembered === undefined ? [] : [{ name, state: remembered.state }];
    });
  }
}

function ownerKey(
  kind: string,
  namespace: string,
  owner: { readonly kind: string; readonly name: string } | undefined,
): string | undefined {
  return owner === undefined ? undefined : `${kind} ${namespace} ${owner.kind}/${owner.name}`;
}
