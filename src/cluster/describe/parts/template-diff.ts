import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, JsonValue } from '../../../kit/index.ts';
import { isObject } from '../../fields.ts';

/** One place where two pod templates differ; `undefined` where a side has nothing there. */
export interface Difference {
  /** `spec.containers[web].image`; items of a list are named by their `name` where all have one. */
  readonly path: string;
  readonly old: JsonValue | undefined;
  readonly new: JsonValue | undefined;
}

/** Written by the controllers into each template: they differ always and say nothing. */
const noise = new Set(['pod-template-hash', 'controller-revision-hash', 'creationTimestamp', '$patch']);

/** What changed between two templates, both redacted: values that were withheld differ by their fingerprints only. */
export function diffTemplates(old: JsonValue | undefined, now: JsonValue | undefined): readonly Difference[] {
  return [...differences('', old, now)];
}

function* differences(path: string, old: JsonValue | undefined, now: JsonValue | undefined): Generator<Difference> {
  if (isObject(old) && isObject(now)) {
    for (const field of keysOf(old, now)) {
      if (!noise.has(field)) yield* differences(joined(path, field), own(old, field), own(now, field));
    }
    return;
  }
  const [oldItems, newItems] = [byName(old), byName(now)];
  if (oldItems !== undefined && newItems !== undefined) {
    for (const name of new Set([...oldItems.keys(), ...newItems.keys()])) {
      yield* differences(`${path}[${name}]`, oldItems.get(name), newItems.get(name));
    }
    return;
  }
  if (!isDeepStrictEqual(old, now)) yield { path, old, new: now };
}

/** Items of a list by name; undefined when one has none or two have the same: then the list is compared as a whole. */
function byName(list: JsonValue | undefined): ReadonlyMap<string, JsonObject> | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const named = new Map<string, JsonObject>();
  for (const item of list) {
    const name = isObject(item) ? item['name'] : undefined;
    if (!isObject(item) || typeof name !== 'string') return undefined;
    named.set(name, item);
  }
  return named.size === list.length ? named : undefined;
}

function keysOf(one: JsonObject, other: JsonObject): readonly string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])];
}

function own(object: JsonObject, field: string): JsonValue | undefined {
  return Object.hasOwn(object, field) ? object[field] : undefined;
}

function joined(path: string, field: string): string {
  return path === '' ? field : `${path}.${field}`;
}
