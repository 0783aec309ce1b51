import type { JsonObject, JsonValue } from '../../kit/index.ts';
import { hiddenPart, judge, labels, structured } from '../judgement.ts';
import { classifyName } from '../key-names.ts';
import type { LeafPath, StructuralRule } from '../redactor.ts';

/** `data` and `stringData` of a Secret, also of the items of a SecretList, which do not repeat their kind. */
const kubernetesSecret: StructuralRule = {
  name: 'kubernetes-secret',
  keywords: ['Secret"', 'stringData'],
  *hides(object) {
    if (object['kind'] === 'Secret' || 'stringData' in object) yield* secretMaps(object, []);
    if (object['kind'] === 'SecretList' && Array.isArray(object['items'])) {
      for (const [index, item] of object['items'].entries())
        if (isObject(item)) yield* secretMaps(item, ['items', index]);
    }
  },
};

function* secretMaps(object: JsonObject, path: LeafPath): Iterable<LeafPath> {
  for (const name of ['data', 'stringData', 'binaryData']) if (isObject(object[name])) yield [...path, name];
}

/** `{ name: 'DB_PASSWORD', value: '…' }` of a container, `{ key, value }` of a parameter. */
const namedValue: StructuralRule = {
  name: 'named-value',
  keywords: ['"value"', '"Value"'],
  *hides(object) {
    const name = object['name'] ?? object['key'] ?? object['Name'] ?? object['Key'];
    if (typeof name !== 'string') return;
    for (const key of ['value', 'Value', 'default', 'current']) {
      if (hidesValue(name, object[key])) yield [key];
    }
  },
};

/** What a Terraform state or plan itself calls sensitive: marks beside the values, and outputs that say so. */
const terraform: StructuralRule = {
  name: 'terraform-sensitive',
  keywords: ['sensitive'],
  *hides(object) {
    if (object['sensitive'] === true) for (const key of ['value', 'default']) if (key in object) yield [key];
    for (const [values, marks] of markedPairs) {
      if (object[values] !== undefined && object[marks] !== undefined) yield* marked(object[marks], [values]);
    }
    const attributes = object['sensitive_attributes'];
    if (Array.isArray(attributes)) for (const steps of attributes) yield* attributePath(steps);
  },
};

const markedPairs = [
  ['values', 'sensitive_values'],
  ['before', 'before_sensitive'],
  ['after', 'after_sensitive'],
] as const;

/** Marks have the shape of the values, with `true` where everything below is sensitive. */
function* marked(marks: JsonValue | undefined, path: LeafPath): Iterable<LeafPath> {
  if (marks === true) yield path;
  else if (Array.isArray(marks)) for (const [index, mark] of marks.entries()) yield* marked(mark, [...path, index]);
  else if (isObject(marks)) for (const [key, mark] of Object.entries(marks)) yield* marked(mark, [...path, key]);
}

/** `[{ type: 'get_attr', value: 'password' }, { type: 'index', value: { value: 0 } }]` below `attributes`. */
function* attributePath(steps: JsonValue): Iterable<LeafPath> {
  if (!Array.isArray(steps)) return;
  const path: (string | number)[] = ['attributes'];
  for (const step of steps) {
    const value = isObject(step) ? step['value'] : undefined;
    const key = isObject(value) ? value['value'] : value;
    if (typeof key !== 'string' && typeof key !== 'number') break;
    path.push(key);
  }
  if (path.length > 1) yield path;
}

/** The `auth` of each registry in a Docker configuration: base64 of user and password. */
const dockerConfig: StructuralRule = {
  name: 'docker-auth',
  keywords: ['"auth"'],
  *hides(object) {
    if (isObject(object['auths'])) {
      for (const [registry, entry] of Object.entries(object['auths'])) {
        if (isObject(entry) && typeof entry['auth'] === 'string') yield ['auths', registry, 'auth'];
      }
    }
  },
};

export const structuralRules: readonly StructuralRule[] = [kubernetesSecret, terraform, dockerConfig, namedValue];

function hidesValue(name: string, value: JsonValue | undefined): boolean {
  return secretPart(name, value) !== undefined;
}

const headerScheme = /^[A-Za-z][A-Za-z0-9-]{1,24} +(?=\S)/;

/** The part of a leaf that its name gives away; numbers count below the names of passwords. */
export function secretPart(
  name: string,
  value: JsonValue | undefined,
): { rule: string; start: number; end: number } | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value);
  if (/(?:^|-)authorization$/i.test(name)) {
    const start = headerScheme.exec(text)?.[0].length ?? 0;
    const secret = judge(start > 0 ? 'token' : 'secret', text.slice(start), structured);
    return secret ? { rule: 'authorization', start, end: text.length } : undefined;
  }
  if (/(?:^|-)cookie$/i.test(name) && /^[^=;\s]{1,128}=[^\s;]/.test(text)) {
    return judge('password', text, structured) ? { rule: 'cookie', start: 0, end: text.length } : undefined;
  }
  const kind = classifyName(name);
  if (kind === undefined) return undefined;
  return judge(kind, text, structured) ? { rule: labels[kind], ...hiddenPart(kind, text) } : undefined;
}

/** Flags as `--password`, whose value is the next argument. */
export function isFlag(argument: JsonValue | undefined): argument is string {
  return typeof argument === 'string' && /^--?[A-Za-z][\w-]{1,64}$/.test(argument);
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
