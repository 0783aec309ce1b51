/**
 * One text per JSON value (RFC 8785): members sorted by UTF-16 code units, no white space, numbers as JavaScript prints
 * them. What JSON leaves out (undefined) is left out here. Throws TypeError on what JSON cannot hold (bigint, a cycle).
 */
export function canonicalJson(value: unknown): string {
  const plain: unknown = JSON.parse(JSON.stringify(value) ?? 'null');
  return serialise(plain);
}

function serialise(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(serialise).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, item]) => `${JSON.stringify(name)}:${serialise(item)}`).join(',')}}`;
}
