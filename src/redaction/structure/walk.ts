import type { JsonObject, JsonValue } from '../../kit/index.ts';
import { countMarkers, holdsOnlyMarkers, marker } from '../marker.ts';
import type { LeafPath, StructuralRule } from '../redactor.ts';
import { depthLimit } from './json-text.ts';
import { maskAcrossStrings } from './lines.ts';
import { isFlag, isObject, secretPart } from './rules.ts';

/**
 * One walk over a JSON value: what shows over several strings goes first; then, from the leaves up, strings and names pass the text layers, then what a leaf's name and the
 * structural rules give away is masked. The value given is not touched; the result shares nothing with it.
 */
export interface Walked {
  readonly value: JsonValue;
  readonly changed: boolean;
  /** Markers added, less those that were covered by a wider one; by rule. */
  readonly added: ReadonlyMap<string, number>;
  /** New names by old ones, for each object of the result in which one changed. */
  readonly renamed: WeakMap<object, ReadonlyMap<string, string>>;
}

type MutableObject = { [key: string]: JsonValue };

export function walkValue(
  value: JsonValue,
  text: (text: string, name?: string) => string,
  rules: readonly StructuralRule[],
): Walked {
  const renamed = new WeakMap<object, ReadonlyMap<string, string>>();
  const added = new Map<string, number>();
  let changed = false;
  const note = (before: string, after: string): void => {
    if (before === after) return;
    changed = true;
    for (const [rule, count] of countMarkers(after)) added.set(rule, (added.get(rule) ?? 0) + count);
    for (const [rule, count] of countMarkers(before)) added.set(rule, (added.get(rule) ?? 0) - count);
  };
  const known = new Map<string, string>();

  /** The same names come again in every row. */
  const redactedName = (key: string): string => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const after = text(key);
    known.set(key, after);
    return after;
  };

  const leaf = (string: string, name: string | undefined): string => {
    const redacted = text(string, name);
    const part = name === undefined ? undefined : secretPart(name, redacted);
    const masked = part === undefined ? redacted : splice(redacted, part.start, part.end, marker(part.rule));
    note(string, masked);
    return masked;
  };

  const walk = (node: JsonValue, name: string | undefined, depth: number): JsonValue => {
    if (typeof node === 'string') return leaf(node, name);
    if (typeof node === 'number') {
      if (name === undefined) return node;
      const part = secretPart(name, node);
      const digits = String(node);
      // Short numbers may be known behind their names, as PINs are.
      const masked = part !== undefined ? marker(part.rule) : /^[0-9]{4,7}$/.test(digits) ? text(digits, name) : digits;
      if (masked === digits) return node;
      note('', masked);
      return masked;
    }
    if (node === null || typeof node !== 'object') return node;
    if (depth > depthLimit) {
      note('', marker('too-deep'));
      return marker('too-deep');
    }
    return Array.isArray(node) ? walkArray(node, name, depth) : walkObject(node as JsonObject, depth);
  };

  const walkArray = (list: readonly JsonValue[], name: string | undefined, depth: number): JsonValue =>
    list.map((item, index) => {
      const flag = list[index - 1];
      return walk(item, isFlag(flag) && typeof item === 'string' && !item.startsWith('-') ? flag : name, depth + 1);
    });

  const walkObject = (node: JsonObject, depth: number): JsonValue => {
    let names: Map<string, string> | undefined;
    const numbers = new Map<string, number>();
    const result: MutableObject = {};
    for (const [key, child] of Object.entries(node)) {
      const name = freeName(result, redactedName(key), numbers);
      if (name !== key) {
        note(key, name);
        names ??= new Map();
        names.set(key, name);
      }
      assign(result, name, walk(child, name, depth + 1));
    }
    if (names !== undefined) renamed.set(result, names);
    for (const rule of rules) {
      for (const path of rule.hides(result)) hide(result, path, rule.name, note);
    }
    return result;
  };

  const result = walk(maskAcrossStrings(value, note), undefined, 0);
  return { value: result, changed, added, renamed };
}

/** Many names may become one marker; no value may push another out. `numbers` keeps each name's last, to go on from there. */
function freeName(object: MutableObject, name: string, numbers: Map<string, number>): string {
  if (!Object.hasOwn(object, name)) return name;
  for (let number = (numbers.get(name) ?? 1) + 1; ; number += 1) {
    const numbered = `${name} (${number})`;
    if (Object.hasOwn(object, numbered)) continue;
    numbers.set(name, number);
    return numbered;
  }
}

/** Own property whatever its name, `__proto__` too. */
function assign(object: MutableObject, name: string, value: JsonValue): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}

/** Masks every string and number at or below a path of a walk's own result. */
function hide(container: JsonValue, path: LeafPath, rule: string, note: (before: string, after: string) => void): void {
  const [step, ...rest] = path;
  if (step === undefined || typeof container !== 'object' || container === null || !Object.hasOwn(container, step))
    return;
  const holder = container as MutableObject;
  const child = holder[step];
  if (typeof child === 'string' || typeof child === 'number') {
    const before = String(child);
    if (before === '' || holdsOnlyMarkers(before)) return;
    assign(holder, String(step), marker(rule));
    note(before, marker(rule));
  } else if (child !== undefined && rest.length > 0) hide(child, rest, rule, note);
  else {
    const steps = Array.isArray(child) ? child.keys() : isObject(child) ? Object.keys(child) : [];
    for (const next of steps) if (child !== undefined) hide(child, [next], rule, note);
  }
}

function splice(text: string, start: number, end: number, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end);
}
