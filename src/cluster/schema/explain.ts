import { distance } from 'fastest-levenshtein';
import { type JsonObject, type JsonValue, Untrusted } from '../../kit/index.ts';
import { at, isObject, textAt } from '../fields.ts';
import type { Kind } from '../kind.ts';
import { isSecretName, isSecretValue } from '../withholding/names.ts';
import { plainName, SchemaDocument } from './schema.ts';

export interface Field {
  /** From the field that was asked for on: `strategy`, or `spec.replicas` where a level is opened. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** Somebody else's words, in one line; undefined when there are none. */
  readonly description: Untrusted | undefined;
}

export type Explanation =
  | { readonly found: true; readonly field: Field; readonly children: readonly Field[] }
  | {
      readonly found: false;
      /** The part of the path that exists. */
      readonly walked: string;
      readonly missing: string;
      readonly near: readonly string[];
      /** Paths that end in the missing name. */
      readonly elsewhere: readonly string[];
    };

const longest = { field: 700, child: 160 } as const;

/** The parts of an object that are opened when the object itself is asked for. */
const opened = new Set(['spec', 'status']);

/** What a kind's field is, and what is below it; undefined when the document does not describe the kind. */
export function explainField(document: JsonObject, kind: Kind, path: string | undefined): Explanation | undefined {
  const schemas = new SchemaDocument(document);
  const root = schemas.rootOf(kind);
  if (root === undefined) return undefined;
  const steps = (path ?? '')
    .replace(/\[\d*\]/g, '')
    .split('.')
    .filter((step) => step !== '');
  let here: JsonObject = root;
  let required = false;
  const walked: string[] = [];
  for (const step of steps) {
    const isList = /^\d+$/.test(step) && schemas.whole(here)['type'] === 'array';
    const values = at(schemas.whole(here), 'additionalProperties');
    const held = schemas.held(here);
    const child = at(held, 'properties', step) ?? (values === undefined ? undefined : values);
    if (!isList && child === undefined) return missing(schemas, { root, held, walked, step });
    if (!isList && child !== undefined) {
      required = isRequired(held, step);
      here = child;
    }
    walked.push(step);
  }
  const name = walked.length === 0 ? kind.kind : walked.join('.');
  return {
    found: true,
    field: fieldOf(schemas, { name, schema: here, required, longest: longest.field }),
    children: walked.length === 0 ? openedFields(schemas, root) : fieldsOf(schemas, here, ''),
  };
}

function fieldsOf(schemas: SchemaDocument, schema: JsonObject, prefix: string): readonly Field[] {
  const held = schemas.held(schema);
  return Object.entries(at(held, 'properties') ?? {})
    .filter(([name, child]) => plainName(name) !== undefined && isObject(child))
    .map(([name, child]) => ({ name, schema: isObject(child) ? child : {}, required: isRequired(held, name) }))
    .sort((a, b) => Number(b.required) - Number(a.required))
    .map((one) => fieldOf(schemas, { ...one, name: prefix + one.name, longest: longest.child }));
}

/** Of a whole object one wants to know what is in its spec and status, not that it has them. */
function openedFields(schemas: SchemaDocument, root: JsonObject): readonly Field[] {
  return fieldsOf(schemas, root, '')
    .filter(({ name }) => !['apiVersion', 'kind', 'metadata'].includes(name))
    .flatMap((field) => {
      const below = opened.has(field.name)
        ? fieldsOf(schemas, at(root, 'properties', field.name) ?? {}, `${field.name}.`)
        : [];
      return below.length === 0 ? [field] : below;
    });
}

interface Described {
  readonly name: string;
  readonly schema: JsonObject;
  readonly required: boolean;
  readonly longest: number;
}

function fieldOf(schemas: SchemaDocument, { name, schema, required, longest }: Described): Field {
  const whole = schemas.whole(schema);
  const description = textAt(schema, 'description') ?? textAt(whole, 'description') ?? '';
  // The values are listed again in the text of built-in kinds.
  const said = [valuesOf(name, whole), description.replace(/Possible enum values:[\s\S]*$/, '')]
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
  const text = said.length > longest ? `${said.slice(0, longest)}…` : said;
  return { name, type: schemas.typeOf(schema), required, description: text === '' ? undefined : new Untrusted(text) };
}

/** `one of: a, b; default: a.` A default of a field that is named like a secret is one. */
function valuesOf(name: string, whole: JsonObject): string {
  const choices = whole['enum'];
  const preset = whole['default'];
  const isScalar = (value: JsonValue | undefined): boolean => ['string', 'number', 'boolean'].includes(typeof value);
  const said = [
    ...(Array.isArray(choices) ? [`one of: ${choices.filter(isScalar).map(String).join(', ')}`] : []),
    ...(isScalar(preset) && preset !== '' && !isSecretName(name) && !isSecretValue(name, String(preset))
      ? [`default: ${String(preset)}`]
      : []),
  ];
  return said.length === 0 ? '' : `${said.join('; ')}.`;
}

function isRequired(schema: JsonObject, name: string): boolean {
  const required = schema['required'];
  return Array.isArray(required) && required.includes(name);
}

interface Missing {
  readonly root: JsonObject;
  readonly held: JsonObject;
  readonly walked: readonly string[];
  readonly step: string;
}

function missing(schemas: SchemaDocument, { root, held, walked, step }: Missing): Explanation {
  const names = Object.keys(at(held, 'properties') ?? {}).filter((name) => plainName(name) !== undefined);
  const near = names
    .map((name) => ({ name, away: distance(step.toLowerCase(), name.toLowerCase()) }))
    .filter(
      ({ name, away }) => away <= Math.max(2, step.length / 3) || name.toLowerCase().startsWith(step.toLowerCase()),
    )
    .sort((a, b) => a.away - b.away)
    .slice(0, 5)
    .map(({ name }) => name);
  return { found: false, walked: walked.join('.'), missing: step, near, elsewhere: pathsTo(schemas, root, step) };
}

const mostPaths = 5;
const deepest = 8;
/** Schemas looked at before giving up: some describe themselves, and a few are enormous. */
const mostVisited = 20_000;

/** The shortest paths that end in a name, whatever its case. */
function pathsTo(schemas: SchemaDocument, root: JsonObject, name: string): readonly string[] {
  const found: string[] = [];
  let level: readonly { readonly schema: JsonObject; readonly path: string }[] = [{ schema: root, path: '' }];
  let visited = 0;
  for (let depth = 0; depth < deepest && found.length < mostPaths && visited < mostVisited; depth += 1) {
    const below: { readonly schema: JsonObject; readonly path: string }[] = [];
    for (const { schema, path } of level) {
      for (const [child, its] of Object.entries(at(schemas.held(schema), 'properties') ?? {})) {
        visited += 1;
        if (plainName(child) === undefined || !isObject(its) || visited > mostVisited) continue;
        const here = path === '' ? child : `${path}.${child}`;
        if (child.toLowerCase() === name.toLowerCase()) found.push(here);
        below.push({ schema: its, path: here });
      }
    }
    level = below;
  }
  return found.slice(0, mostPaths);
}
