import type { JsonObject, JsonValue } from '../kit/index.ts';

/** Which fields of an object are wanted: `true` is everything below. Arrays are seen through, item by item. */
export type Shape = { readonly [field: string]: Shape | true };

/** What every list needs of `metadata`. */
export const metadataShape: Shape = {
  name: true,
  namespace: true,
  generation: true,
  creationTimestamp: true,
  deletionTimestamp: true,
  ownerReferences: { apiVersion: true, kind: true, name: true, controller: true },
};

/** Keeps the wanted fields. The cost is that of what is kept, not of what was sent. */
export function pick(object: JsonObject, shape: Shape): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const [field, wanted] of Object.entries(shape)) {
    const value = Object.hasOwn(object, field) ? object[field] : undefined;
    if (value !== undefined) kept[field] = wanted === true ? value : pickValue(value, wanted);
  }
  return kept;
}

/** Lists in lists: deeper than this there is nothing anybody reads. */
const deepestList = 20;

function pickValue(value: JsonValue, shape: Shape, depth = 0): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (!Array.isArray(value)) return pick(value as JsonObject, shape);
  return depth === deepestList ? [] : value.map((item) => pickValue(item, shape, depth + 1));
}

/** What either of two wants. */
export function mergeShapes(one: Shape, other: Shape): Shape {
  const merged: Record<string, Shape | true> = { ...one };
  for (const [field, wanted] of Object.entries(other)) {
    const mine = Object.hasOwn(merged, field) ? merged[field] : undefined;
    merged[field] = mine === undefined ? wanted : mine === true || wanted === true ? true : mergeShapes(mine, wanted);
  }
  return merged;
}
