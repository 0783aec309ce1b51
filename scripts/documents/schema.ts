import { z } from 'zod';

/** One line of a table about an object schema; nested objects are told by path. */
export interface Field {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  /** The default as it would be typed; empty when there is none. */
  readonly fallback: string;
  readonly description: string;
}

const objectShape = z.object({
  properties: z.record(z.string(), z.record(z.string(), z.unknown())),
  required: z.array(z.string()).default([]),
});
const variantsShape = z.union([
  z.object({ anyOf: z.array(z.record(z.string(), z.unknown())) }).transform(({ anyOf }) => anyOf),
  z.object({ oneOf: z.array(z.record(z.string(), z.unknown())) }).transform(({ oneOf }) => oneOf),
]);

export function fieldsOf(schema: Readonly<Record<string, unknown>>, prefix = ''): readonly Field[] {
  const { properties, required } = objectShape.parse(schema);
  return Object.entries(properties).flatMap(([name, property]) => {
    const path = `${prefix}${name}`;
    const { default: fallback, description } = property;
    const field = {
      path,
      type: typeOf(property),
      required: required.includes(name),
      fallback: fallback === undefined ? '' : JSON.stringify(fallback),
      description: typeof description === 'string' ? description : '',
    };
    return [field, ...innerObjects(property).flatMap((inner) => fieldsOf(inner, `${path}.`))];
  });
}

/** The property itself if it is an object, or those of its variants that are; items of a list among them. */
function innerObjects(property: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] {
  const { items } = property;
  const candidates = [property, ...variantsOf(property), ...(isObject(items) ? [items] : [])];
  return candidates.filter((candidate) => objectShape.safeParse(candidate).success);
}

function variantsOf(property: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] {
  return variantsShape.safeParse(property).data ?? [];
}

function typeOf(property: Readonly<Record<string, unknown>>): string {
  const { type, enum: choices, items, const: only, minimum, maximum } = property;
  if (Array.isArray(choices)) return choices.map((choice) => `\`${String(choice)}\``).join(', ');
  if (only !== undefined) return `\`${String(only)}\``;
  const variants = variantsOf(property);
  if (variants.length > 0) return [...new Set(variants.map(typeOf))].join(' or ');
  if (type === 'array') return `list of ${typeOf(isObject(items) ? items : {})}`;
  const range = typeof minimum === 'number' && typeof maximum === 'number' ? ` ${minimum}–${maximum}` : '';
  return `${typeof type === 'string' ? type : 'any'}${range}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
