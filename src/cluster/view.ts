import { at } from './fields.ts';
import { type ObjectRef, ownerOf, refOf } from './owner.ts';
import type { ClusterObject } from './reader.ts';
import { type LabelSelector, matches } from './selector.ts';

/** Objects of one moment, whatever namespace was asked about: what a rule may look at. Everything is redacted. */
export interface ClusterView {
  readonly now: Date;
  serves(kindId: string): boolean;
  all(kindId: string): readonly ClusterObject[];
  get(kindId: string, namespace: string, name: string): ClusterObject | undefined;
  /** The objects of a kind in a namespace that a label selector (matchLabels, matchExpressions) selects. An empty one selects all. */
  selected(kindId: string, namespace: string, selector: LabelSelector): readonly ClusterObject[];
  rootOf(object: ClusterObject): ObjectRef;
}

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
      let ref = refOf(object);
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
