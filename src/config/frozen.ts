/** A map that cannot be changed through itself: freezing a Map leaves its entries open. */
class FrozenMap<Key, Value> extends Map<Key, Value> {
  readonly #filled: boolean;

  constructor(entries: Iterable<readonly [Key, Value]>) {
    super(entries);
    this.#filled = true;
  }

  override set(key: Key, value: Value): this {
    // Map's own constructor fills it through this method, before the field is there.
    return #filled in this ? refuse() : super.set(key, value);
  }

  override delete(): boolean {
    return refuse();
  }

  override clear(): void {
    refuse();
  }
}

function refuse(): never {
  throw new TypeError('the configuration is frozen');
}

export function frozenMap<Key, Value>(entries: Iterable<readonly [Key, Value]>): ReadonlyMap<Key, Value> {
  return Object.freeze(new FrozenMap(entries));
}

/** The same value, frozen to its last leaf. Bytes stay as they are: JavaScript cannot freeze them. */
export function deepFreeze<Value>(value: Value, seen = new Set<object>()): Value {
  if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value)) return value;
  seen.add(value);
  Object.freeze(value);
  if (value instanceof Map) for (const inner of value.values()) deepFreeze(inner, seen);
  for (const inner of Object.values(value)) deepFreeze(inner, seen);
  return value;
}
