import type { JsonValue } from '../../kit/index.ts';
import { list, map, type Node, type Place, scalar, unknown } from './node.ts';

/** A value of a plan; `unknownAt` is its `after_unknown`: true, or the shape of the value with true at its leaves. */
export function nodeOfValue(value: JsonValue | undefined, unknownAt: JsonValue = false, place?: Place): Node {
  if (unknownAt === true) return unknown(place);
  if (Array.isArray(value) || Array.isArray(unknownAt)) {
    const values = Array.isArray(value) ? value : [];
    const marks = Array.isArray(unknownAt) ? unknownAt : [];
    const length = Math.max(values.length, marks.length);
    const items = Array.from({ length }, (_, index) => nodeOfValue(values[index], marks[index] ?? false, place));
    return list(items, { place });
  }
  if (isObject(value) || isObject(unknownAt)) {
    const values = isObject(value) ? value : {};
    const marks = isObject(unknownAt) ? unknownAt : {};
    const keys = new Set([...Object.keys(values), ...Object.keys(marks)]);
    if (keys.size === 0 && value === null) return scalar(null, place);
    return map(
      [...keys].map((key) => [key, nodeOfValue(own(values, key), own(marks, key) ?? false, place)] as const),
      { place },
    );
  }
  return scalar(typeof value === 'object' ? null : (value ?? null), place);
}

function own(object: { readonly [key: string]: JsonValue }, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
