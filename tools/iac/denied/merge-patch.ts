import { refuse } from './no-edit.ts';
import { type Body, type BodyObject, isBodyList, isBodyObject } from './patch-body.ts';
import type { Target } from './target.ts';
import type { Path, Step, Wished } from './wishes.ts';

/** What a merge patch wishes: every end of it is a field, null is one that is to be gone. */

export type PatchType = 'strategic' | 'merge';

export function mergeWishes(body: Body, target: Target, type: PatchType): readonly Wished[] {
  if (!isBodyObject(body)) return refuse('its patch is no object');
  if (type === 'strategic' && !target.kind.isBuiltIn)
    refuse('a patch of a custom resource is not merged that way: kubectl asks for --type merge');
  return [...wishesIn(body, { target, type, path: [] })].filter(
    ({ path, value }) => !saysWhoseItIs(path, value, target),
  );
}

interface Place {
  readonly target: Target;
  readonly type: PatchType;
  readonly path: Path;
}

function* wishesIn(body: BodyObject, place: Place): Generator<Wished> {
  const keys = Object.entries(body);
  if (keys.length === 0) refuse('it sets an object without fields');
  for (const [key, value] of keys) {
    if (key.startsWith('$')) refuse('a directive of its patch is not understood here');
    const path = [...place.path, key];
    if (value === null) yield { path, value: undefined };
    else if (isBodyObject(value)) yield* wishesIn(value, { ...place, path });
    else if (isBodyList(value)) yield* wishesInList(value, { ...place, path });
    else yield { path, value };
  }
}

/** The API server knows the items of some lists by their names; any other list is replaced whole. */
function* wishesInList(items: readonly Body[], place: Place): Generator<Wished> {
  if (place.type !== 'strategic' || items.length === 0 || !isNamedList(place.path, place.target))
    refuse('it replaces a whole list, of which only single fields are understood here');
  const names = new Set<string>();
  for (const item of items) {
    const name = isBodyObject(item) ? item['name'] : undefined;
    if (!isBodyObject(item) || typeof name !== 'string') return refuse('an item of a list in its patch has no name');
    if (names.has(name)) refuse('it gives one field two values');
    names.add(name);
    const { name: _, ...rest } = item;
    yield* wishesIn(rest, { ...place, path: [...place.path, { name }] });
  }
}

const containerLists: readonly (Step | undefined)[] = ['containers', 'initContainers'];

/** Containers, and their environments. */
export function isNamedList(path: Path, { kind }: Target): boolean {
  const pods = kind.pods;
  if (pods === undefined || !pods.every((step, index) => path[index] === step)) return false;
  const [list, item, field, ...more] = path.slice(pods.length);
  if (!containerLists.includes(list)) return false;
  return item === undefined || (field === 'env' && more.length === 0);
}

/** A manifest cut down to a patch often says once more what object it is. */
function saysWhoseItIs(path: Path, value: Wished['value'], { kind, name, namespace }: Target): boolean {
  const said = path.join('.');
  const same: Readonly<Record<string, string | undefined>> = { kind: kind.kind, 'metadata.name': name };
  if (said === 'apiVersion' && typeof value === 'string') return true;
  if (said === 'metadata.namespace' && (value === namespace || namespace === undefined))
    return typeof value === 'string';
  if (said === 'status' || path[0] === 'status') refuse('what an object reports is not of the source');
  if (!['apiVersion', 'kind', 'metadata.name', 'metadata.namespace'].includes(said)) return false;
  return (same[said] !== undefined && same[said] === value) || refuse('its patch says it is of another object');
}
