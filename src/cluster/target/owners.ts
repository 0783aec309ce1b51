import { at, listAt, textAt } from '../fields.ts';
import type { ClusterObject } from '../reader.ts';

/** Within one namespace, kind and name say which object is meant. */
export function ownKey({ kind, name }: Pick<ClusterObject, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}

export function ownerKeys({ body }: ClusterObject): readonly string[] {
  return listAt(at(body, 'metadata'), 'ownerReferences').map((owner) =>
    ownKey({ kind: textAt(owner, 'kind') ?? '', name: textAt(owner, 'name') ?? '' }),
  );
}

/** The keys of some objects and of all that they own, directly or not, among the others of their namespace. */
export function ownersIn(roots: readonly ClusterObject[], others: readonly ClusterObject[]): ReadonlySet<string> {
  const owners = new Set(roots.map(ownKey));
  let grown = 0;
  while (grown !== owners.size) {
    grown = owners.size;
    for (const other of others) {
      if (ownerKeys(other).some((owner) => owners.has(owner))) owners.add(ownKey(other));
    }
  }
  return owners;
}
