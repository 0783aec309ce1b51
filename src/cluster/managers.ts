import type { JsonObject, JsonValue } from '../kit/index.ts';
import { at, isObject, listAt, textAt } from './fields.ts';
import { plainText } from './words.ts';

/**
 * Who manages a field of a live object, by its managed fields.
 *
 *  manager   the name a writer gave itself: `Terraform`, `kubectl-edit`, `kube-controller-manager`
 *  field     `spec.replicas`, `spec.template.spec.containers[0].image` (or `.0.`), `metadata.annotations.example.net/a`
 *  tree      what fieldsV1 is: `f:name` is a field, `k:{…}` the item of a list that has these keys, `v:…` an item by its value
 *
 * Trees hold values, so none leaves this file: only the answer does.
 */
export interface FieldManager {
  readonly by: string;
  readonly how: 'Apply' | 'Update';
  /** RFC 3339; empty when the server did not say. */
  readonly at: string;
  readonly subresource: string | undefined;
}

/** The managers of each field, in its words; a field nobody manages is absent. `''` asks for all of the object. */
export function managersIn(
  object: JsonObject,
  fields: readonly string[],
): ReadonlyMap<string, readonly FieldManager[]> {
  const entries = listAt(at(object, 'metadata'), 'managedFields').map((entry) => ({
    manager: managerOf(entry),
    tree: at(entry, 'fieldsV1'),
  }));
  const found = fields.map((field) => {
    const managers = entries
      .filter(({ tree }) => field === '' || (tree !== undefined && covers(tree, object, field)))
      .map(({ manager }) => manager);
    return [field, managers] as const;
  });
  return new Map(found.filter(([, managers]) => managers.length > 0));
}

function managerOf(entry: JsonObject): FieldManager {
  return {
    by: plainText(textAt(entry, 'manager'), /^[\w.:/@-]{1,63}$/),
    how: textAt(entry, 'operation') === 'Apply' ? 'Apply' : 'Update',
    at: plainText(textAt(entry, 'time') ?? '', /^[\dTZ:.+-]{0,40}$/),
    subresource: entry['subresource'] === undefined ? undefined : plainText(textAt(entry, 'subresource'), /^[a-z]+$/),
  };
}

/** Whether the tree has the field, something below it, or what it is a part of: a list owned as a whole has no tree below. */
function covers(tree: JsonObject, value: JsonValue | undefined, field: string): boolean {
  if (field === '') return true;
  const children = Object.keys(tree).filter((key) => key !== '.');
  // Nothing below is named: the writer owns all of it.
  if (children.length === 0) return true;
  const item = /^(?:\[(\d+)\]|(\d+))(?:\.|(?=\[)|$)(.*)$/s.exec(field);
  if (item !== null && Array.isArray(value)) {
    const element: JsonValue | undefined = value[Number(item[1] ?? item[2])];
    return children.some((key) => isKeyOf(key, element) && covers(branch(tree, key), element, item[3] ?? ''));
  }
  // Names of labels have dots of their own: the longest that fits is meant.
  const named = children
    .flatMap((key) => (key.startsWith('f:') ? [key.slice(2)] : []))
    .filter((name) => field === name || field.startsWith(`${name}.`) || field.startsWith(`${name}[`))
    .sort((a, b) => b.length - a.length)[0];
  if (named === undefined) return false;
  const inner = isObject(value) && Object.hasOwn(value, named) ? value[named] : undefined;
  return covers(branch(tree, `f:${named}`), inner, field.slice(named.length).replace(/^\./, ''));
}

function branch(tree: JsonObject, key: string): JsonObject {
  const value = tree[key];
  return isObject(value) ? value : {};
}

function isKeyOf(key: string, element: JsonValue | undefined): boolean {
  const keys = key.startsWith('k:') ? parsed(key.slice(2)) : undefined;
  if (isObject(keys)) {
    return isObject(element) && Object.entries(keys).every(([name, value]) => element[name] === value);
  }
  return key.startsWith('v:') && parsed(key.slice(2)) === element;
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined; // No key of any item: whoever wrote it, nothing is claimed of it.
  }
}
