import { parse } from 'yaml';
import { z } from 'zod';
import { defineErrors } from '../kit/index.ts';
import { condition } from './condition.ts';
import { pathText } from './path-text.ts';

/**
 * A convention is data: reference/conventions.yaml. It says what is looked at (`on`), of which of it (`when`), and what must
 * be so there. `{ parameter: name }` stands for one of its parameters, which the operator may set.
 *
 *  objects     Kubernetes objects, whoever writes them; `each` looks at parts of one; `$pod` is the spec of its pods
 *  resources   resources and data sources (`data.http`) by type, their attributes
 *  modules     calls of modules by their folder, their arguments
 *  literals    every text written down in the stack or its modules; `$self` is the text
 *
 *  lives       whether what the rule says was seen to be so on a running system, not only read
 */
const pattern = z.string().regex(/^[\w*./:-]+$/, 'is a name, with * for any part of it');

const on = z
  .strictObject({
    objects: z
      .strictObject({ kinds: z.array(pattern), types: z.array(pattern).optional(), each: pathText.optional() })
      .optional(),
    resources: z.strictObject({ types: z.array(pattern), each: pathText.optional() }).optional(),
    modules: z.strictObject({ folders: z.array(pattern) }).optional(),
    literals: z.strictObject({}).optional(),
  })
  .refine((one) => Object.keys(one).length === 1, {
    error: 'looks at exactly one of objects, resources, modules, literals',
  });

const parameter = z.union([z.string(), z.number(), z.array(z.string())]);

const rule = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/),
  severity: z.enum(['error', 'warning', 'info']),
  /** What must be so, one sentence; never a value of the plan. */
  text: z.string().min(10).max(200),
  why: z.string().min(10),
  /** Where it is looked for: in the source, in the plan, or first in one and, what is unknown there, in the other. */
  scope: z.array(z.enum(['hcl', 'plan'])).min(1),
  /** Tiers it holds in; everywhere when there are none. */
  tiers: z.array(z.string()).default([]),
  parameters: z.record(z.string(), parameter).default({}),
  provenance: z.strictObject({
    source: z.string(),
    verifiedOn: z.iso.date(),
    /** How often it was broken when it was measured, in an older and in a newer tree of one homelab; null: not counted. */
    violations: z.strictObject({ older: z.int().nullable(), newer: z.int().nullable() }),
  }),
  lives: z.boolean(),
  check: z.strictObject({ on, when: condition.optional(), must: condition }),
});
export type ConventionRule = z.output<typeof rule>;

const conventionsFile = z.strictObject({
  rules: z
    .array(rule)
    .refine((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, 'an id is there twice'),
});

/** An operator's values by rule and parameter. */
export type ConventionParameters = Readonly<Record<string, Readonly<Record<string, z.output<typeof parameter>>>>>;

const conventionError = defineErrors({
  'conventions-invalid': { audience: 'operator', meaning: 'The rules of how things are done here cannot be read.' },
});

/** Reads conventions.yaml; an unknown key, rule or parameter is an error. Errors: `conventions-invalid`. */
export function parseConventions(yamlText: string, set: ConventionParameters = {}): readonly ConventionRule[] {
  const raw = withParameters(readYaml(yamlText), set);
  const parsed = conventionsFile.safeParse(raw);
  if (!parsed.success) throw invalid(`the conventions are not as they must be: ${z.prettifyError(parsed.error)}`);
  for (const id of Object.keys(set)) {
    if (!parsed.data.rules.some((one) => one.id === id))
      throw invalid(`there is no convention ${id} to set a parameter of`);
  }
  return parsed.data.rules;
}

function readYaml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw invalid('the conventions are no YAML', error);
  }
}

const outline = z.looseObject({
  rules: z.array(
    z.looseObject({ id: z.string(), parameters: z.record(z.string(), parameter).optional(), check: z.unknown() }),
  ),
});

/** Puts parameters where they are named, before the file is read for what it says. */
function withParameters(raw: unknown, set: ConventionParameters): unknown {
  const parsed = outline.safeParse(raw);
  if (!parsed.success) return raw;
  const rules = parsed.data.rules.map((one) => {
    const parameters = { ...one.parameters };
    for (const [name, value] of Object.entries(set[one.id] ?? {})) {
      const known = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
      if (known === undefined) throw invalid(`the convention ${one.id} has no parameter ${name}`);
      if (typeof known !== typeof value || Array.isArray(known) !== Array.isArray(value)) {
        throw invalid(`the parameter ${name} of the convention ${one.id} is of another type`);
      }
      parameters[name] = value;
    }
    return { ...one, parameters, check: filledIn(one.check, one.id, parameters) };
  });
  return { ...parsed.data, rules };
}

function filledIn(value: unknown, id: string, parameters: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(value)) return value.map((item) => filledIn(item, id, parameters));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[key, name] = [], ...others] = entries;
  if (key === 'parameter' && typeof name === 'string' && others.length === 0) {
    if (!Object.hasOwn(parameters, name))
      throw invalid(`the convention ${id} names a parameter ${name} it does not have`);
    return parameters[name];
  }
  return Object.fromEntries(entries.map(([field, inner]) => [field, filledIn(inner, id, parameters)]));
}

function invalid(message: string, cause?: unknown): Error {
  return conventionError('conventions-invalid', {
    message,
    next: 'correct the file or the parameters in the configuration of the keep',
    cause,
  });
}
