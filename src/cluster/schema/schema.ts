import type { JsonObject, JsonValue } from '../../kit/index.ts';
import { at, isObject, listAt, textAt } from '../fields.ts';
import type { Kind } from '../kind.ts';

/** Lists of lists that a type is seen through: a schema may refer to itself. */
const deepest = 6;

/**
 * One OpenAPI (v3) document of an API group, and the schemas in it. A schema seen through its references says what its
 * fields are; a description beside a reference is of the field, the one behind it is of its type.
 */
export class SchemaDocument {
  readonly #schemas: JsonObject;

  constructor(document: JsonObject) {
    this.#schemas = at(document, 'components', 'schemas') ?? {};
  }

  /** Undefined when the document does not describe the kind. */
  rootOf({ group, version, kind }: Kind): JsonObject | undefined {
    return Object.values(this.#schemas)
      .filter(isObject)
      .find((schema) =>
        listAt(schema, 'x-kubernetes-group-version-kind').some(
          (own) => own['group'] === group && own['version'] === version && own['kind'] === kind,
        ),
      );
  }

  /** What a schema says together with what it refers to. A reference that leads nowhere says nothing. */
  whole(schema: JsonObject): JsonObject {
    const reference = referenceOf(schema);
    const referred = reference === undefined ? undefined : this.#schemas[reference];
    return isObject(referred) ? { ...referred, ...schema } : schema;
  }

  /** The schema of what a list or a map holds, or the schema itself. */
  held(schema: JsonObject, depth = 0): JsonObject {
    const whole = this.whole(schema);
    const items = at(whole, 'items') ?? at(whole, 'additionalProperties');
    return items === undefined || depth === deepest ? whole : this.held(items, depth + 1);
  }

  /** `[]Container`, `map[string]Quantity`, `integer`, `string or integer`. */
  typeOf(schema: JsonObject, depth = 0): string {
    if (depth === deepest) return 'any';
    const whole = this.whole(schema);
    const [items, values] = [at(whole, 'items'), at(whole, 'additionalProperties')];
    if (whole['type'] === 'array') return `[]${items === undefined ? 'any' : this.typeOf(items, depth + 1)}`;
    if (values !== undefined) return `map[string]${this.typeOf(values, depth + 1)}`;
    const reference = referenceOf(schema);
    if (reference !== undefined) return plainName(reference.slice(reference.lastIndexOf('.') + 1)) ?? 'object';
    if (whole['x-kubernetes-int-or-string'] === true) return 'string or integer';
    const choices = listAt(whole, 'oneOf').map((choice) => this.typeOf(choice, depth + 1));
    if (choices.length > 0) return choices.join(' or ');
    return plainName(textAt(whole, 'type')) ?? 'any';
  }
}

/** The name of the one schema another stands for: alone, or in an `allOf` beside what is said of the field. */
function referenceOf(schema: JsonObject): string | undefined {
  const [first, ...others] = listAt(schema, 'allOf');
  const path = textAt(schema, '$ref') ?? (others.length === 0 ? textAt(first, '$ref') : undefined);
  return path === undefined ? undefined : /^#\/components\/schemas\/(.+)$/.exec(path)?.[1];
}

/** Names in schemas of installed kinds are their authors' words: only what looks like a name is repeated. */
export function plainName(name: JsonValue | undefined): string | undefined {
  return typeof name === 'string' && /^[\w$.-]{1,80}$/.test(name) ? name : undefined;
}
