import { at } from '../fields.ts';
import { type ObjectRef, ownerOf } from '../owner.ts';
import type { ClusterObject } from '../reader.ts';
import type { ClusterView } from './rule.ts';
import { matches } from './selector.ts';

/** Owners a view follows upwards; a chain this long is a circle. */
const longestChain = 8;

/** The view over what was read. `undefined` as a kind's objects: the API server does not serve it. */
export function createView(read: ReadonlyMap<string, readonly ClusterObject[] | undefined>, now: Date): ClusterView {
  const byKind = new Map<string, Map<string, ClusterObject>>();
  const byNamespace = new Map<string, Map<string, ClusterObject[]>>();
  const byRef = new Map<string, ClusterObject>();
  for (const [kindId, objects = []] of read) {
    const names = new Map<string, ClusterObject>();
    const namespaces = new Map<string, ClusterObject[]>();
    for (const object of objects) {
      names.set(`${object.namespace}/${object.name}`, object);
      const there = namespaces.get(object.namespace);
      if (there === undefined) namespaces.set(object.namespace, [object]);
      else there.push(object);
      byRef.set(`${object.kind} ${object.namespace}/${object.name}`, object);
    }
    byKind.set(kindId, names);
    byNamespace.set(kindId, namespaces);
  }
  return {
    now,
    serves: (kindId) => read.get(kindId) !== undefined,
    all: (kindId) => read.get(kindId) ?? [],
    get: (kindId, namespace, name) => byKind.get(kindId)?.get(`${namespace}/${name}`),
    selected: (kindId, namespace, selector) =>
      (byNamespace.get(kindId)?.get(namespace) ?? []).filter(({ body }) =>
        matches(selector, at(body, 'metadata', 'labels') ?? {}),
      ),
    rootOf(object) {
      let here = object;
      let ref: ObjectRef = refOf(object);
      for (let steps = 0; steps < longestChain; steps += 1) {
        const owner = ownerOf(here);
        if (owner === undefined) return ref;
        ref = owner;
        const above = byRef.get(`${owner.kind} ${owner.namespace}/${owner.name}`);
        if (above === undefined) return ref;
        here = above;
      }
      return ref;
    },
  };
}

export function refOf({ group, kind, namespace, name }: ClusterObject): ObjectRef {
  return { group, kind, namespace, name };
}
