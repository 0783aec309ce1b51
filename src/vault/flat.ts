/** Keys of the top, and the leaves below them as `a.b`. One function for names and for values, so that they agree. */
export function flatten(top: object): readonly (readonly [key: string, value: unknown])[] {
  return Object.entries(top).flatMap(([key, value]) => [[key, value] as const, ...leavesBelow(key, value, 1)]);
}

export function flatKeys(top: object): readonly string[] {
  return flatten(top)
    .map(([key]) => key)
    .sort();
}

/** Deeper than anybody nests a secret; what lies below stays part of the value above it. */
const deepest = 20;

function leavesBelow(prefix: string, value: unknown, depth: number): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > deepest) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = `${prefix}.${key}`;
    const below = leavesBelow(path, inner, depth + 1);
    return below.length === 0 ? [[path, inner] as const] : below;
  });
}
