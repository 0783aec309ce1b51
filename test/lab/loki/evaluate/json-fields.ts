/** The leaves of an object as label and text: `{"a": {"b": 1}}` is `a_b` → `1`. Lists are left out. */
export function flattenJson(object: object): [name: string, text: string][] {
  const leaves: [string, string][] = [];
  /** A list of work instead of a call into itself: how deep a line nests is not ours to choose. */
  const pending: [prefix: string, value: object][] = [['', object]];
  for (;;) {
    const next = pending.pop();
    if (next === undefined) return leaves;
    const [prefix, value] = next;
    for (const [key, inner] of Object.entries(value)) {
      const name = prefix === '' ? key : `${prefix}_${key}`;
      if (Array.isArray(inner) || inner === null) continue;
      if (typeof inner === 'object') pending.push([name, inner]);
      else leaves.push([name, String(inner)]);
    }
  }
}

/** The text at a path; empty where there is nothing. Objects and lists stay JSON. */
export function fieldAt(object: object, path: readonly (string | number)[]): string {
  let value: unknown = object;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return '';
    value = Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  }
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
