import type { JsonObject, JsonValue } from '../../kit/index.ts';
import { holdsOnlyMarkers, marker } from '../marker.ts';
import type { LeafPath, StructuralRule } from '../redactor.ts';
import { depthLimit } from './json-text.ts';
import { isFlag, isObject, secretPart } from './rules.ts';

/**
 * One walk over a JSON value, from the leaves up: strings and names pass the text layers, then what a leaf's name and the
 * structural rules give away is masked. The value given is not touched; the result shares nothing with it.
 */
export interface Walked {
  readonly value: JsonValue;
  readonly changed: boolean;
  /** New names by old ones, for each object of the result in which one changed. */
  readonly renamed: WeakMap<object, ReadonlyMap<string, string>>;
}

type MutableObject = { [key: string]: JsonValue };

export function walkValue(value: JsonValue, text: (text: string) => string, rules: readonly StructuralRule[]): Walked {
  const renamed = new WeakMap<object, ReadonlyMap<string, string>>();
  let changed = false;
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
    const redacted = text(string);
    const part = name === undefined ? undefined : secretPart(name, redacted);
    const masked = part === undefined ? redacted : splice(redacted, part.start, part.end, marker(part.rule));
    if (masked !== string) changed = true;
    return masked;
  };

  const walk = (node: JsonValue, name: string | undefined, depth: number): JsonValue => {
    if (typeof node === 'string') return leaf(node, name);
    if (typeof node === 'number') {
      const part = name === undefined ? undefined : secretPart(name, node);
      if (part === undefined) return node;
      changed = true;
      return marker(part.rule);
    }
    if (node === null || typeof node !== 'object') return node;
    if (depth > depthLimit) {
      changed = true;
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
    const result: MutableObject = {};
    for (const [key, child] of Object.entries(node)) {
      const name = freeName(result, redactedName(key));
      if (name !== key) {
        changed = true;
        names ??= new Map();
        names.set(key, name);
      }
      assign(result, name, walk(child, name, depth + 1));
    }
    if (names !== undefined) renamed.set(result, names);
    for (const rule of rules) {
      for (const path of rule.hides(result)) if (hide(result, path, rule.name)) changed = true;
    }
    return result;
  };

  return { value: walk(value, undefined, 0), changed, renamed };
}

/** Two names may become one marker; neither value may push the other out. */
function freeName(object: MutableObject, name: string): string {
  if (!Object.hasOwn(object, name)) return name;
  for (let count = 2; ; count += 1) {
    if (!Object.hasOwn(object, `${name} (${count})`)) return `${name} (${count})`;
  }
}

/** Own property whatever its name, `__proto__` too. */
function assign(object: MutableObject, name: string, value: JsonValue): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}

/** Masks every string and number at or below a path of a walk's own result; true when one was. */
function hide(container: JsonValue, path: LeafPath, rule: string): boolean {
  const [step, ...rest] = path;
  if (step === undefined || typeof container !== 'object' || container === null || !Object.hasOwn(container, step))
    return false;
  const holder = container as MutableObject;
  const child = holder[step];
  if (child === undefined) return false;
  if (typeof child === 'string' || typeof child === 'number') {
    if (child === '' || (typeof child === 'string' && holdsOnlyMarkers(child))) return false;
    assign(holder, String(step), marker(rule));
    return true;
  }
  if (rest.length > 0) return hide(child, rest, rule);
  let hidden = false;
  const steps = Array.isArray(child) ? child.keys() : isObject(child) ? Object.keys(child) : [];
  for (const next of steps) hidden = hide(child, [next], rule) || hidden;
  return hidden;
}

function splice(text: string, start: number, end: number, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end);
}
