import { at, listAt, textAt } from './fields.ts';
import type { ClusterObject } from './reader.ts';
import { nameText } from './words.ts';

/** One object by name; `group` is empty for the core group, `namespace` for objects outside namespaces. */
export interface ObjectRef {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** An object's reference alone: to keep, or to compare as a whole. */
export function refOf({ group, kind, namespace, name }: ObjectRef): ObjectRef {
  return { group, kind, namespace, name };
}

/** `Deployment photos/server`, `Node n1`. */
export function refText({ kind, namespace, name }: ObjectRef): string {
  const place = namespace === '' ? nameText(name) : `${nameText(namespace)}/${nameText(name)}`;
  return `${nameText(kind)} ${place}`;
}

/** What controls an object, as its metadata says; owners live in the object's own namespace or outside all of them. */
export function ownerOf(object: ClusterObject): ObjectRef | undefined {
  const owners = listAt(at(object.body, 'metadata'), 'ownerReferences');
  const owner = owners.find((candidate) => candidate['controller'] === true) ?? owners[0];
  const [kind, name] = [textAt(owner, 'kind'), textAt(owner, 'name')];
  if (kind === undefined || name === undefined) return undefined;
  const namespace = kind === 'Node' ? '' : object.namespace;
  return { group: groupOf(textAt(owner, 'apiVersion')), kind, namespace, name };
}

/** Whether an owner controls an object, as the object's metadata says. */
export function isOwnedBy(object: ClusterObject, owner: ObjectRef): boolean {
  const ref = ownerOf(object);
  return ref !== undefined && ref.kind === owner.kind && ref.group === owner.group && ref.name === owner.name;
}

/** `apps` of `apps/v1`; empty for the core group's `v1`. */
function groupOf(apiVersion: string | undefined): string {
  const [group = '', version] = (apiVersion ?? '').split('/');
  return version === undefined ? '' : group;
}
