import { computed, type Entry, type Symbolic, scalarOf } from '../symbol.ts';
import { type BlockField, type BlockType, camel, type ValueType } from './block-type.ts';

/**
 * A resource of the kubernetes provider as the API server knows its fields, each with the place it has in the source. What is not
 * known to become something certain is computed, never absent: a list of which one block is not known is not known at all.
 */
export function apiObject(resource: Symbolic, body: BlockType): Symbolic {
  return inside(resource, body, engineWords);
}

/** Of every resource, whoever makes it. */
const engineWords: ReadonlySet<string> = new Set(
  'count for_each provider depends_on lifecycle provisioner connection'.split(' '),
);
const nothing: ReadonlySet<string> = new Set();

function inside(symbol: Symbolic, type: BlockType, engine = nothing): Symbolic {
  if (symbol.is !== 'object') return computed(symbol.place);
  const entries = new Map<string, Entry>();
  for (const [name, { key, value }] of symbol.entries) {
    if (engine.has(name) || type.dropped.has(name)) continue;
    const made = fieldOf(name, value, type);
    if (made !== undefined) entries.set(made.as, { key, value: made.value });
  }
  return { is: 'object', entries, place: symbol.place };
}

interface Made {
  readonly as: string;
  readonly value: Symbolic;
}

/** Undefined where it is not there. */
function fieldOf(name: string, value: Symbolic, type: BlockType): Made | undefined {
  const attribute = type.attributes.get(name);
  if (attribute !== undefined) {
    // Nothing is given where null is.
    if (scalarOf(value) === null) return undefined;
    return { as: attribute.as, value: conversions[attribute.type](value) };
  }
  const blocks = type.blocks.get(name);
  if (blocks === undefined) return { as: camel(name), value: computed(value.place) };
  const made = blocksOf(value, blocks);
  return made === undefined ? undefined : { as: blocks.as, value: made };
}

function blocksOf(value: Symbolic, { type, inside: body }: BlockField): Symbolic | undefined {
  const { place } = value;
  if (value.is !== 'list' || value.items.some(({ is }) => is !== 'object')) return computed(place);
  const items = value.items.map((item) => inside(item, body));
  const [only, ...more] = items;
  if (type === 'one') return more.length > 0 ? computed(place) : only;
  if (type === 'blockSet' && more.length > 0) return computed(place);
  return { is: 'list', items, place, ordered: true };
}

const wholeNumber = /^(?:0|-?[1-9]\d{0,14})$/;

/** A value as the API has it, from what is written for the provider. */
const conversions: Readonly<Record<ValueType, (value: Symbolic) => Symbolic>> = {
  text: (value) => (value.is === 'document' ? value : literal(value, (scalar) => String(scalar))),
  number: (value) => literal(value, numberOf),
  flag: (value) => literal(value, (scalar) => flags.get(String(scalar))),
  either: (value) => literal(value, (scalar) => numberOf(scalar) ?? (typeof scalar === 'string' ? scalar : undefined)),
  texts: textsOf,
  set: (value) => (value.is === 'list' && value.items.length > 1 ? computed(value.place) : textsOf(value)),
  map: (value) => {
    if (value.is !== 'object') return computed(value.place);
    const entries = [...value.entries].map(([key, entry]) => [key, { ...entry, value: textOf(entry.value) }] as const);
    return { is: 'object', entries: new Map(entries), place: value.place };
  },
  hidden: ({ place }) => computed(place),
};

const flags: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

function numberOf(scalar: string | number | boolean): number | undefined {
  if (typeof scalar === 'string') return wholeNumber.test(scalar) ? Number(scalar) : undefined;
  return typeof scalar === 'number' ? scalar : undefined;
}

function literal(
  value: Symbolic,
  convert: (scalar: string | number | boolean) => string | number | boolean | undefined,
): Symbolic {
  const scalar = scalarOf(value);
  const converted = scalar === undefined || scalar === null ? undefined : convert(scalar);
  return converted === undefined ? computed(value.place) : { is: 'literal', value: converted, place: value.place };
}

function textOf(value: Symbolic): Symbolic {
  return conversions.text(value);
}

function textsOf(value: Symbolic): Symbolic {
  if (value.is !== 'list') return computed(value.place);
  return { is: 'list', items: value.items.map(textOf), place: value.place, ordered: true };
}
