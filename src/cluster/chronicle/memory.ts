import { z } from 'zod';
import type { JsonObject } from '../../kit/index.ts';
import type { ObjectRef } from '../owner.ts';

interface Place {
  readonly namespace: string;
  readonly name: string;
}

interface Remembered extends Place {
  readonly state: JsonObject;
  readonly gone: boolean;
}

const mostGone = 2_000;

/** The states of one cluster's objects, by kind and place and by owner. What went stays for a while. */
export class Memory {
  readonly #kinds = new Map<string, Map<string, Remembered>>();
  readonly #byOwner = new Map<string, Set<string>>();
  readonly #gone: (Place & { readonly kind: string })[] = [];

  find(kind: string, place: Place): Remembered | undefined {
    return this.#kinds.get(kind)?.get(placeKey(place));
  }

  remember(kind: string, { namespace, name }: Place, state: JsonObject, gone = false): void {
    const places = this.#kinds.get(kind) ?? new Map<string, Remembered>();
    this.#kinds.set(kind, places.set(placeKey({ namespace, name }), { namespace, name, state, gone }));
    const key = ownerKey(kind, namespace, ownerIn(state));
    if (key !== undefined) this.#byOwner.set(key, (this.#byOwner.get(key) ?? new Set()).add(name));
  }

  bury(kind: string, { namespace, name }: Place): void {
    const state = this.find(kind, { namespace, name })?.state;
    if (state === undefined) return;
    this.remember(kind, { namespace, name }, state, true);
    this.#gone.push({ kind, namespace, name });
    const oldest = this.#gone.length > mostGone ? this.#gone.shift() : undefined;
    const forgotten = oldest === undefined ? undefined : this.find(oldest.kind, oldest);
    // Another of its name may have come since.
    if (oldest !== undefined && forgotten?.gone === true) this.#forget(oldest.kind, forgotten);
  }

  #forget(kind: string, { namespace, name, state }: Remembered): void {
    this.#kinds.get(kind)?.delete(placeKey({ namespace, name }));
    const key = ownerKey(kind, namespace, ownerIn(state)) ?? '';
    const names = this.#byOwner.get(key);
    names?.delete(name);
    if (names?.size === 0) this.#byOwner.delete(key);
  }

  present(kind: string): readonly Place[] {
    return [...(this.#kinds.get(kind)?.values() ?? [])].filter(({ gone }) => !gone);
  }

  ownedBy(kind: string, owner: ObjectRef): readonly Remembered[] {
    const { namespace } = owner;
    const names = this.#byOwner.get(ownerKey(kind, namespace, owner) ?? '') ?? [];
    return [...names].flatMap((name) => this.find(kind, { namespace, name }) ?? []);
  }
}

function placeKey({ namespace, name }: Place): string {
  return `${namespace}/${name}`;
}

function ownerKey(kind: string, namespace: string, owner: Owner | undefined): string | undefined {
  return owner === undefined ? undefined : `${kind} ${namespace} ${owner.kind}/${owner.name}`;
}

interface Owner {
  readonly kind: string;
  readonly name: string;
}

const owned = z.object({ owner: z.object({ kind: z.string(), name: z.string() }) });

export function ownerIn(state: JsonObject): Owner | undefined {
  return owned.safeParse(state).data?.owner;
}
