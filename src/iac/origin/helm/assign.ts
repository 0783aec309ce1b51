import type { SourcePlace, ValuePath } from '../port.ts';
import { computed, type Entry, type Symbolic, scalarOf } from '../symbol.ts';

/** Values that one path after another is given. What was there before is left as it is for whoever else holds it. */
export interface Assignment {
  /** `name` is where the path is written. */
  assign(path: ValuePath, value: Symbolic, name: SourcePlace): void;
  readonly values: Symbolic;
}

export function openAssignment(from: Symbolic): Assignment {
  /** Made here, and therefore changed in place: many names cost no more than each by itself. */
  const ownEntries = new WeakMap<Symbolic, Map<string, Entry>>();
  const ownItems = new WeakMap<Symbolic, Symbolic[]>();

  const objectOf = (found: Symbolic | undefined, place: SourcePlace): Symbolic | undefined => {
    if (found !== undefined && ownEntries.has(found)) return found;
    // Where nothing is known there may be more than what is given here; of a text or a number Helm makes an error.
    const isOpen = found?.is === 'computed' || (found?.is === 'object' && found.open === true);
    const isNothing = found === undefined || scalarOf(found) === null;
    if (!isNothing && found.is !== 'computed' && found.is !== 'object') return undefined;
    const entries = new Map(found?.is === 'object' ? found.entries : []);
    const own: Symbolic = { is: 'object', entries, place: found?.place ?? place, ...(isOpen ? { open: true } : {}) };
    ownEntries.set(own, entries);
    return own;
  };
  const listOf = (found: Symbolic | undefined, place: SourcePlace): Symbolic | undefined => {
    if (found !== undefined && ownItems.has(found)) return found;
    if (found !== undefined && scalarOf(found) !== null && found.is !== 'list') return undefined;
    const items = found?.is === 'list' ? [...found.items] : [];
    const own: Symbolic = { is: 'list', items, place: found?.place ?? place };
    ownItems.set(own, items);
    return own;
  };

  /** What lies at the path afterwards, of which `found` lay there before. */
  const put = (
    found: Symbolic | undefined,
    [step, ...rest]: ValuePath,
    value: Symbolic,
    place: SourcePlace,
  ): Symbolic => {
    if (step === undefined) return value;
    if (typeof step === 'number') {
      const list = listOf(found, place);
      const items = list === undefined ? undefined : ownItems.get(list);
      if (list === undefined || items === undefined) return computed(place);
      while (items.length < step) items.push(computed(place));
      items[step] = put(items[step], rest, value, place);
      return list;
    }
    const object = objectOf(found, place);
    const entries = object === undefined ? undefined : ownEntries.get(object);
    if (object?.is !== 'object' || entries === undefined) return computed(place);
    const before = entries.get(step);
    const inside = before?.value ?? (object.open === true ? computed(object.place) : undefined);
    entries.set(step, { key: before?.key ?? place, value: put(inside, rest, value, place) });
    return object;
  };

  let values = from;
  return {
    assign: (path, value, name) => {
      values = put(values, path, value, name);
    },
    get values() {
      return values;
    },
  };
}
