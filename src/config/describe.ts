import type { Slice } from './raw.ts';
import { configJsonSchema, type JsonSchema, propertiesOf } from './schema.ts';

export interface ConfigKey {
  /** Dotted: `http.listen`. */
  readonly key: string;
  readonly type: string;
  /** As JSON; undefined when there is none. */
  readonly default: string | undefined;
  readonly description: string;
}

/** Every key of castellan.yaml in the order of the schema, an object before its own keys. */
export function describeConfig(slices: readonly Slice[]): readonly ConfigKey[] {
  return keysOf(configJsonSchema(slices), '');
}

function keysOf(schema: JsonSchema, prefix: string): readonly ConfigKey[] {
  return Object.entries(propertiesOf(schema)).flatMap(([name, property]) => {
    const { default: fallback, description } = property;
    const key = `${prefix}${name}`;
    const described = {
      key,
      type: typeOf(property),
      default: fallback === undefined ? undefined : JSON.stringify(fallback),
      description: typeof description === 'string' ? description : '',
    };
    return [described, ...keysOf(property, `${key}.`)];
  });
}

function typeOf({ type, enum: choices, const: only }: JsonSchema): string {
  if (Array.isArray(choices)) return choices.join(' | ');
  if (only !== undefined) return String(only);
  return typeof type === 'string' ? type : 'any';
}
