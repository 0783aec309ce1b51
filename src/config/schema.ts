import { z } from 'zod';
import { overridesOf } from './overrides.ts';
import { core, rawSchema, type Slice } from './raw.ts';
import { isPlainObject } from './shape.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** castellan.yaml as a JSON Schema (draft 7, which every editor reads), from the schemas that prove it. */
export function configJsonSchema(slices: readonly Slice[]): JsonSchema {
  const schema = z.toJSONSchema(rawSchema(slices), { io: 'input', target: 'draft-7', unrepresentable: 'any' });
  return { ...schema, title: 'castellan.yaml' };
}

/** One key that may be typed. */
export interface ConfigKey {
  /** `http.listen` */
  readonly path: string;
  /** In words: `text`, `a number, 1 to 65535`, `disable, require or verify-full`, `section`. */
  readonly type: string;
  /** It must be there wherever the section above it is. */
  readonly required: boolean;
  /** As it would be typed in one line of YAML; undefined when there is none. */
  readonly fallback: string | undefined;
  readonly description: string;
  /** The variable that sets it too. */
  readonly variable: string | undefined;
}

/** Every key, sections before what is in them, in the order of the schema. */
export function describeConfig(slices: readonly Slice[]): readonly ConfigKey[] {
  const variables = new Map(overridesOf(core).map(({ path, variable }) => [path.join('.'), variable]));
  return keysOf(configJsonSchema(slices), '', variables);
}

function keysOf(schema: JsonSchema, prefix: string, variables: ReadonlyMap<string, string>): readonly ConfigKey[] {
  const object = objectIn(schema);
  if (object === undefined) return [];
  const required = Array.isArray(object['required']) ? object['required'] : [];
  return Object.entries(object['properties']).flatMap(([name, property]) => {
    if (!isPlainObject(property)) return [];
    const path = `${prefix}${name}`;
    const { default: fallback, description } = property;
    const inner = keysOf(property, `${path}.`, variables);
    const key: ConfigKey = {
      path,
      type: typeOf(property),
      required: required.includes(name),
      // A section's default says no more than those of its keys.
      fallback: fallback === undefined || inner.length > 0 ? undefined : JSON.stringify(fallback),
      description: typeof description === 'string' ? description : '',
      variable: variables.get(path),
    };
    return [key, ...inner];
  });
}

type ObjectSchema = JsonSchema & { readonly properties: JsonSchema };

function objectIn(schema: JsonSchema): ObjectSchema | undefined {
  const { properties } = schema;
  if (isPlainObject(properties)) return { ...schema, properties };
  return branchesOf(schema)
    .map(objectIn)
    .find((one) => one !== undefined);
}

function branchesOf({ anyOf }: JsonSchema): readonly JsonSchema[] {
  return Array.isArray(anyOf) ? anyOf.filter(isPlainObject) : [];
}

const typeNames: Readonly<Record<string, string>> = { string: 'text', boolean: 'true or false', object: 'section' };

function typeOf(schema: JsonSchema): string {
  const { type, enum: choices, items, const: only } = schema;
  const branches = branchesOf(schema);
  if (branches.length > 0) return branches.map(typeOf).join(' or ');
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(choices)) return listed(choices.map(String));
  if (type === 'array') return `list of ${typeOf(isPlainObject(items) ? items : {})}`;
  if (type === 'number' || type === 'integer') return numberType(schema);
  return typeNames[String(type)] ?? 'any';
}

function numberType({ type, minimum, maximum }: JsonSchema): string {
  const name = type === 'integer' ? 'whole number' : 'number';
  return typeof minimum === 'number' && typeof maximum === 'number' ? `${name}, ${minimum} to ${maximum}` : name;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
