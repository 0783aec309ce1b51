import type { JsonObject, JsonValue } from '../../kit/index.ts';
import { hiddenPart, judge, labels, structured } from '../judgement.ts';
import { classifyName } from '../key-names.ts';
import type { LeafPath, StructuralRule } from '../redactor.ts';

const nothing: readonly LeafPath[] = [];

/** `data` and `stringData` of a Secret, also of the items of a SecretList, which do not repeat their kind. */
const kubernetesSecret: StructuralRule = {
  name: 'kubernetes-secret',
  keywords: ['Secret"', 'stringData'],
  hides(object) {
    const paths = object['kind'] === 'Secret' || 'stringData' in object ? secretMaps(object, []) : nothing;
    const items = object['kind'] === 'SecretList' ? object['items'] : undefined;
    if (!Array.isArray(items)) return paths;
    return [...paths, ...items.flatMap((item, index) => (isObject(item) ? secretMaps(item, ['items', index]) : []))];
  },
};

function secretMaps(object: JsonObject, path: LeafPath): readonly LeafPath[] {
  return ['data', 'stringData', 'binaryData'].filter((name) => isObject(object[name])).map((name) => [...path, name]);
}

/** `{ name: 'DB_PASSWORD', value: '…' }` of a container, `{ key, value }` of a parameter. */
const namedValue: StructuralRule = {
  name: 'named-value',
  keywords: ['"value"', '"Value"'],
  hides(object) {
    const name = object['name'] ?? object['key'] ?? object['Name'] ?? object['Key'];
    if (typeof name !== 'string') return nothing;
    return ['value', 'Value', 'default', 'current']
      .filter((key) => key in object && secretPart(name, object[key]) !== undefined)
      .map((key) => [key]);
  },
};

/** What a Terraform state or plan itself calls sensitive: marks beside the values, and outputs that say so. */
const terraform: StructuralRule = {
  name: 'terraform-sensitive',
  keywords: ['sensitive'],
  hides(object) {
    const paths: LeafPath[] = [];
    if (object['sensitive'] === true) paths.push(['value'], ['default']);
    for (const [values, marks] of markedPairs) {
      if (object[marks] !== undefined && object[values] !== undefined) paths.push(...marked(object[marks], [values]));
    }
    const attributes = object['sensitive_attributes'];
    if (Array.isArray(attributes)) for (const steps of attributes) paths.push(...attributePath(steps));
    return paths;
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
  keywords: ['"auths"'],
  hides(object) {
    const registries = object['auths'];
    if (!isObject(registries)) return nothing;
    return Object.keys(registries).map((registry) => ['auths', registry, 'auth']);
  },
};

export const structuralRules: readonly StructuralRule[] = [kubernetesSecret, terraform, dockerConfig, namedValue];

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
