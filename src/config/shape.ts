import { z } from 'zod';

/** Reading a zod schema as data: which keys an object takes, and what stands below a wrapper. */
export type Schema = z.core.$ZodType;

/** The schemas a typed value may meet: optional, default and the like taken off, unions opened, a pipe's first end. */
export function readings(schema: Schema): readonly Schema[] {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNonOptional ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodCatch
  ) {
    return readings(schema.def.innerType);
  }
  if (schema instanceof z.ZodPipe) return readings(schema.def.in);
  if (schema instanceof z.ZodLazy) return readings(schema.def.getter());
  if (schema instanceof z.ZodUnion) return schema.def.options.flatMap(readings);
  return [schema];
}

/** What an object schema has below each of its keys. */
export function members(schema: Schema): ReadonlyMap<string, Schema> {
  const objects = readings(schema).filter((one) => one instanceof z.ZodObject);
  return new Map(objects.flatMap((object) => Object.entries<Schema>(object.def.shape)));
}

/** The schemas a value at `path` below `schema` may meet. */
export function schemasAt(schema: Schema, path: readonly PropertyKey[]): readonly Schema[] {
  return path.reduce<readonly Schema[]>((schemas, key) => schemas.flatMap((one) => below(one, key)), readings(schema));
}

function below(schema: Schema, key: PropertyKey): readonly Schema[] {
  const member = members(schema).get(String(key));
  if (member !== undefined) return readings(member);
  if (schema instanceof z.ZodArray) return readings(schema.def.element);
  if (schema instanceof z.ZodRecord) return readings(schema.def.valueType);
  return [];
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The same tree with every string leaf seen through `change`. Keys named like an object's own machinery stay data. */
export function mapStrings(
  value: unknown,
  change: (text: string, path: readonly PropertyKey[]) => string,
  path: readonly PropertyKey[] = [],
): unknown {
  if (typeof value === 'string') return change(value, path);
  if (Array.isArray(value)) return value.map((item: unknown, index) => mapStrings(item, change, [...path, index]));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapStrings(item, change, [...path, key])]),
  );
}
