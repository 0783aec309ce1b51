import { z } from 'zod';
import { rawConfig, type Slice } from './raw.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema of castellan.yaml as it is typed, for editors and for docs/config.md. */
export function configJsonSchema(slices: readonly Slice[]): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(rawConfig(slices), { io: 'input', unrepresentable: 'any' });
  return { $schema, title: 'castellan.yaml', ...schema };
}

const objectSchema = z.object({ properties: z.record(z.string(), z.record(z.string(), z.unknown())) });
const listSchema = z.object({ items: z.record(z.string(), z.unknown()) });

/** What may stand at a place; undefined where the schema does not say. */
export function schemaAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return schema;
  const inner = typeof first === 'number' ? listSchema.safeParse(schema).data?.items : propertiesOf(schema)[String(first)];
  return inner === undefined ? undefined : schemaAt(inner, rest);
}

/** By name; none for what is no object. */
export function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return Object.assign(Object.create(null), objectSchema.safeParse(schema).data?.properties);
}
