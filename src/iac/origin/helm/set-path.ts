import type { ValuePath } from '../port.ts';

/** Helm's own: names within each other, and the largest index that is worked out here. */
const deepest = 30;
const largestIndex = 1_000;

/**
 * The name of a `set`, as `helm --set` reads it: `a.b`, `a\.b` for a dot in a key, `a[0].b`. Undefined for anything that is not
 * plainly such a name; what it sets is then not known.
 */
export function parseSetPath(name: string): ValuePath | undefined {
  const path: (string | number)[] = [];
  let at = 0;
  while (path.length <= deepest) {
    const key = keyAt(name, at);
    if (key === undefined) return undefined;
    path.push(key.text);
    at = key.end;
    while (name[at] === '[') {
      const [whole, digits] = /^\[(\d{1,4})\]/.exec(name.slice(at, at + 8)) ?? [];
      if (whole === undefined || Number(digits) > largestIndex) return undefined;
      path.push(Number(digits));
      at += whole.length;
    }
    if (at === name.length) return path.length > deepest ? undefined : path;
    if (name[at] !== '.') return undefined;
    at += 1;
  }
  return undefined;
}

function keyAt(name: string, from: number): { readonly text: string; readonly end: number } | undefined {
  let text = '';
  let at = from;
  while (at < name.length && name[at] !== '.' && name[at] !== '[') {
    const isEscaped = name[at] === '\\';
    if (isEscaped) at += 1;
    const character = name[at];
    // Behind one of these stands a value, or another name.
    if (character === undefined || (!isEscaped && /[=,\]{}\s]/.test(character))) return undefined;
    text += character;
    at += 1;
  }
  return text === '' ? undefined : { text, end: at };
}
