import { inspect } from 'node:util';

/** A map nobody can write to: freezing a `Map` leaves its entries open, so this one holds a map and is none. */
class FrozenMap<Key, Value> implements ReadonlyMap<Key, Value> {
  readonly #entries: ReadonlyMap<Key, Value>;

  constructor(entries: Iterable<readonly [Key, Value]>) {
    this.#entries = new Map(entries);
    Object.freeze(this);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  forEach(visit: (value: Value, key: Key, map: ReadonlyMap<Key, Value>) => void): void {
    for (const [key, value] of this.#entries) visit(value, key, this);
  }

  keys(): MapIterator<Key> {
    return this.#entries.keys();
  }

  values(): MapIterator<Value> {
    return this.#entries.values();
  }

  entries(): MapIterator<[Key, Value]> {
    return this.#entries.entries();
  }

  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.#entries.entries();
  }

  [inspect.custom](): ReadonlyMap<Key, Value> {
    return new Map(this.#entries);
  }
}

export function frozenMap<Key, Value>(entries: Iterable<readonly [Key, Value]>): ReadonlyMap<Key, Value> {
  return new FrozenMap([...entries].map(([key, value]) => [key, deepFreeze(value)] as const));
}

/** The same value, frozen to its last leaf. Bytes stay as they are: JavaScript cannot freeze them. */
export function deepFreeze<Value>(value: Value, seen = new Set<object>()): Value {
  if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value)) return value;
  seen.add(value);
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner, seen);
  return value;
}
