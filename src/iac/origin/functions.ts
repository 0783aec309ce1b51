import type { Scalar, SourcePlace } from './port.ts';
import { type Entry, type Symbolic, scalarOf } from './symbol.ts';

/** Functions of Terraform, over what is known of their arguments. Undefined: it is not worked out, or reads from outside. */
export function call(name: string, given: readonly Symbolic[], place: SourcePlace): Symbolic | undefined {
  const structural = structures[name];
  if (structural !== undefined) return structural(given, place);
  const values = given.map(scalarOf);
  if (!values.every((value) => value !== undefined)) return undefined;
  const value = scalars[name]?.(values);
  return value === undefined ? undefined : { is: 'literal', value, place };
}

type List = Extract<Symbolic, { is: 'list' }>;
type ObjectSymbol = Extract<Symbolic, { is: 'object' }>;
type Structural = (given: readonly Symbolic[], place: SourcePlace) => Symbolic | undefined;

/** They look at how a value is built, whatever its ends are. */
const structures: Readonly<Record<string, Structural>> = {
  yamlencode: encode,
  jsonencode: encode,
  yamldecode: decode,
  jsondecode: decode,
  merge: (given, place) => {
    const maps = given.filter((one) => scalarOf(one) !== null);
    // One whose keys are not known could have any of the others'.
    if (!maps.every(isObject)) return undefined;
    return { is: 'object', entries: new Map(maps.flatMap(({ entries }) => [...entries])), place };
  },
  concat: (given, place) =>
    given.every(isList) ? { is: 'list', items: given.flatMap(({ items }) => items), place } : undefined,
  tolist: ([first]) => (first?.is === 'list' ? first : undefined),
  tomap: ([first]) => (first?.is === 'object' ? first : undefined),
  toset: ([first], place) => {
    if (first?.is !== 'list') return undefined;
    const byText = new Map<string, Symbolic>();
    for (const item of first.items) {
      const value = scalarOf(item);
      if (typeof value !== 'string') return undefined;
      byText.set(value, item);
    }
    return { is: 'list', items: [...byText].sort(([a], [b]) => byBytes(a, b)).map(([, item]) => item), place };
  },
  lookup: ([map, key, otherwise]) => {
    const name = scalarOf(key);
    if (map?.is !== 'object' || typeof name !== 'string') return undefined;
    return map.entries.get(name)?.value ?? otherwise;
  },
  length: ([first], place) => {
    if (first?.is === 'list') return { is: 'literal', value: first.items.length, place };
    return first?.is === 'object' ? { is: 'literal', value: first.entries.size, place } : undefined;
  },
  keys: ([first], place) => {
    if (first?.is !== 'object') return undefined;
    const items = sortedEntries(first).map(([name, { key }]): Symbolic => ({ is: 'literal', value: name, place: key }));
    return { is: 'list', items, place };
  },
  values: ([first], place) => {
    if (first?.is !== 'object') return undefined;
    return { is: 'list', items: sortedEntries(first).map(([, { value }]) => value), place };
  },
  contains: ([items, wanted], place) => {
    const looked = scalarOf(wanted);
    if (items?.is !== 'list' || looked === undefined) return undefined;
    const values = items.items.map(scalarOf);
    return values.includes(undefined) ? undefined : { is: 'literal', value: values.includes(looked), place };
  },
  compact: ([first], place) => {
    if (first?.is !== 'list' || first.items.some((item) => item.is !== 'literal')) return undefined;
    return { is: 'list', items: first.items.filter((item) => !['', null].includes(scalarOf(item) as string)), place };
  },
  flatten: ([first], place) => {
    if (first?.is !== 'list') return undefined;
    const items = flat(first);
    return items === undefined ? undefined : { is: 'list', items, place };
  },
  join: ([separator, items], place) => {
    const between = scalarOf(separator);
    if (typeof between !== 'string' || items?.is !== 'list') return undefined;
    const values = items.items.map(scalarOf);
    if (values.some((value) => value === undefined || value === null)) return undefined;
    return { is: 'literal', value: values.join(between), place };
  },
  split: ([separator, text], place) => {
    const [between, whole] = [scalarOf(separator), scalarOf(text)];
    if (typeof between !== 'string' || typeof whole !== 'string') return undefined;
    return { is: 'list', items: whole.split(between).map((value) => ({ is: 'literal', value, place })), place };
  },
  coalesce: (given) => {
    for (const one of given) {
      const value = scalarOf(one);
      if (value === undefined) return undefined;
      if (value !== null && value !== '') return one;
    }
    return undefined;
  },
  // What is written down does not fail; of anything else it is not known which one is taken.
  try: ([first]) => (first?.is === 'literal' ? first : undefined),
};

const scalars: Readonly<Record<string, (given: readonly Scalar[]) => Scalar | undefined>> = {
  tostring: ([value]) => (value === null || value === undefined ? value : String(value)),
  tonumber: ([value]) => {
    if (typeof value === 'string') return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
    return typeof value === 'number' ? value : undefined;
  },
  tobool: ([value]) =>
    value === 'true' || value === true ? true : value === 'false' || value === false ? false : undefined,
  format: ([pattern, ...given]) => {
    if (typeof pattern !== 'string' || !/^([^%]|%s)*$/.test(pattern)) return undefined;
    const rest = [...given];
    if (rest.includes(null) || rest.length !== pattern.split('%s').length - 1) return undefined;
    return pattern.replaceAll('%s', () => String(rest.shift()));
  },
};

function encode([content]: readonly Symbolic[], place: SourcePlace): Symbolic | undefined {
  return content === undefined ? undefined : { is: 'document', content, place };
}

function decode([first]: readonly Symbolic[]): Symbolic | undefined {
  return first?.is === 'document' ? first.content : undefined;
}

/** Undefined when it is not known whether an item is a list. */
function flat({ items }: List): readonly Symbolic[] | undefined {
  const all: Symbolic[] = [];
  for (const item of items) {
    if (item.is === 'computed') return undefined;
    const inner = item.is === 'list' ? flat(item) : [item];
    if (inner === undefined) return undefined;
    all.push(...inner);
  }
  return all;
}

function sortedEntries({ entries }: ObjectSymbol): readonly (readonly [string, Entry])[] {
  return [...entries].sort(([a], [b]) => byBytes(a, b));
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function isList(symbol: Symbolic): symbol is List {
  return symbol.is === 'list';
}

function isObject(symbol: Symbolic): symbol is ObjectSymbol {
  return symbol.is === 'object';
}
