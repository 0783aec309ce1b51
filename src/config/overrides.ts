import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { Environment } from './environment.ts';
import type { ConfigPath, Problem } from './problem.ts';
import { isPlainObject, members, readings, type Schema } from './shape.ts';

/** A scalar key of the core that a variable can set. */
export interface Override {
  /** `CASTELLAN_HTTP_LISTEN` */
  readonly variable: string;
  readonly path: readonly string[];
  readonly kind: 'text' | 'number' | 'boolean';
}

/** Every override there is, derived from the schema. */
export function overridesOf(schema: Schema, path: readonly string[] = []): readonly Override[] {
  return [...members(schema)].flatMap(([key, member]) => {
    const own = [...path, key];
    const kind = readings(member)
      .map(scalarKind)
      .find((one) => one !== undefined);
    const inner = overridesOf(member, own);
    return kind === undefined || inner.length > 0 ? inner : [{ variable: variableOf(own), path: own, kind }];
  });
}

function scalarKind(schema: Schema): Override['kind'] | undefined {
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return 'text';
  if (schema instanceof z.ZodNumber) return 'number';
  return schema instanceof z.ZodBoolean ? 'boolean' : undefined;
}

function variableOf(path: readonly string[]): string {
  return ['CASTELLAN', ...path.map((key) => key.replace(/[A-Z]/g, '_$&').toUpperCase())].join('_');
}

export interface Overridden {
  readonly tree: unknown;
  /** The variable that set a key, by the key's path text. */
  readonly origins: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** The file's tree with the environment's values in it. What is empty is not set. */
export function applyOverrides(tree: unknown, schema: Schema, environment: Environment): Overridden {
  const known = overridesOf(schema);
  const problems = unknownVariables(environment, schema, known);
  if (!isPlainObject(tree)) return { tree, origins: new Map(), problems };
  let result = tree;
  const origins = new Map<string, string>();
  for (const { variable, path, kind } of known) {
    const text = environment[variable];
    if (text === undefined || text === '') continue;
    result = withValue(result, path, typed(text, kind));
    origins.set(path.join('.'), variable);
  }
  return { tree: result, origins, problems };
}

/** What does not look like its kind stays text: the schema says what it takes. */
function typed(text: string, kind: Override['kind']): string | number | boolean {
  if (kind === 'number' && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  return kind === 'boolean' && (text === 'true' || text === 'false') ? text === 'true' : text;
}

function withValue(
  tree: Readonly<Record<string, unknown>>,
  path: ConfigPath,
  value: unknown,
): Readonly<Record<string, unknown>> {
  const [key, ...rest] = path.map(String);
  if (key === undefined) return tree;
  if (rest.length === 0) return { ...tree, [key]: value };
  const inner = tree[key];
  // `http: false` in the file gives way; what is of a wrong shape stays, and is told.
  if (inner !== undefined && inner !== null && inner !== false && !isPlainObject(inner)) return tree;
  return { ...tree, [key]: withValue(isPlainObject(inner) ? inner : {}, rest, value) };
}

const placeVariables = ['CASTELLAN_HOME', 'CASTELLAN_CONFIG'];
/** A Kubernetes Service named `castellan-http` puts these into every pod beside it. */
const serviceLink = /_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?$/;

/** A variable that means a section of ours, or is nearly a known one. Others with the prefix are somebody else's. */
function unknownVariables(environment: Environment, schema: Schema, known: readonly Override[]): readonly Problem[] {
  const names = [...placeVariables, ...known.map(({ variable }) => variable)];
  const sections = [...members(schema).keys()].map((key) => `${variableOf([key])}_`);
  return Object.keys(environment).flatMap((variable) => {
    if (!/^CASTELLAN_[A-Z0-9_]+$/.test(variable) || names.includes(variable) || serviceLink.test(variable)) return [];
    const nearest = nearestOf(variable, names);
    const meant = sections.some((section) => variable.startsWith(section));
    if (!meant && (nearest === undefined || distance(variable, nearest) > 2)) return [];
    return [
      {
        code: 'config-unknown-key',
        where: variable,
        message: nearest === undefined ? 'sets no key' : `sets no key; the nearest that does is ${nearest}`,
        next: 'unset it, or set it in castellan.yaml; docs/config.md lists both',
      } as const,
    ];
  });
}

/** The candidate that takes the fewest edits; one that only begins or ends alike counts as near. */
export function nearestOf(word: string, candidates: readonly string[]): string | undefined {
  const cost = (candidate: string): number => {
    const [a, b] = [word.toLowerCase(), candidate.toLowerCase()];
    return distance(a, b) - (a.startsWith(b) || b.startsWith(a) ? Math.abs(a.length - b.length) * 0.75 : 0);
  };
  return candidates.toSorted((a, b) => cost(a) - cost(b))[0];
}
