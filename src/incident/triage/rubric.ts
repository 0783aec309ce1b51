import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { incidentError } from '../errors.ts';

/**
 * Severity as data: reference/severity.yaml.
 *
 *  rule      a level, a sentence, and one condition under `when`; severity/predicates.ts says how each is looked at
 *  critical  what nearly everything needs, by patterns of names: the critical path
 *  tier      how much a namespace matters, by its own label
 *  pattern   a name with `*` for any part of it, whatever its case
 */
const pattern = z.string().regex(/^[\w*./:-]{1,120}$/, 'is a name, with * for any part of it');
export const domains = ['storage', 'database', 'networking', 'auth', 'compute', 'deploy'] as const;
export type Domain = (typeof domains)[number];
export const tierNames = ['critical', 'core', 'normal', 'optional'] as const;
export type Tier = (typeof tierNames)[number];

const share = z.number().gt(0).max(1);
const path = z.enum(['critical', 'other', 'any']);
const severity = z.enum(['critical', 'warning', 'notice']);

const when = z
  .strictObject({
    /** Wants pods and has none that is ready; or a Service that selects and leads nowhere. */
    'workload-down': z
      .strictObject({ path, userFacing: z.boolean().default(false), tiers: z.array(z.enum(tierNames)).optional() })
      .optional(),
    /** Has some that are ready, and fewer than it wants. */
    'workload-degraded': z.strictObject({ path }).optional(),
    'workload-unready': z.strictObject({}).optional(),
    'service-empty': z.strictObject({}).optional(),
    /** More than this share; with `namespaces` in more than that share of them. Of fewer than `least` pods, shares say nothing. */
    'pods-unready': z.strictObject({ share, namespaces: share.optional(), least: z.int().positive() }).optional(),
    /** At least `count`, or one where there are no more than `oneOf`. Cordoned ones are being worked on, and count where said. */
    'nodes-not-ready': z
      .strictObject({
        count: z.int().positive(),
        oneOf: z.int().positive().optional(),
        cordoned: z.boolean().default(false),
      })
      .optional(),
    'node-pressure': z.strictObject({}).optional(),
    'volume-used': z.strictObject({ from: share }).optional(),
    'certificate-ends': z.strictObject({ hours: z.number().positive() }).optional(),
    'probe-failing': z
      .strictObject({
        path,
        vantage: z.enum(['inside', 'outside']).optional(),
        minutes: z.number().nonnegative(),
        count: z.int().positive().default(1),
      })
      .optional(),
    /** Firing, neither inhibited nor silenced, and more than information. */
    alerts: z
      .strictObject({
        names: z.array(pattern).optional(),
        severities: z.array(pattern).optional(),
        minutes: z.number().nonnegative().default(0),
        count: z.int().positive().default(1),
      })
      .optional(),
    /** Of `rules`, on at least `count` objects; with `together` only while one of those rules found something as well. */
    findings: z
      .strictObject({
        rules: z.array(pattern).optional(),
        severities: z.array(severity),
        count: z.int().positive().default(1),
        together: z.array(pattern).optional(),
      })
      .optional(),
    recovered: z.strictObject({}).optional(),
  })
  .refine((one) => Object.keys(one).length === 1, { error: 'needs exactly one condition' });
export type Condition = z.output<typeof when>;
export type ConditionOf<Kind extends keyof Condition> = NonNullable<Condition[Kind]>;

const id = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
const levels = ['SEV1', 'SEV2', 'SEV3', 'SEV4'] as const;

const rule = z.strictObject({ id, level: z.enum(levels), sentence: z.string().min(10).max(200), when });
export type SeverityRule = z.output<typeof rule>;

export const criticalEntry = z.strictObject({ id, domain: z.enum(domains), workloads: z.array(pattern).min(1) });
export type CriticalEntry = z.output<typeof criticalEntry>;
const tierTable = z.strictObject({
  /** Labels of namespaces, the first that is there counts. */
  labels: z.array(z.string().min(1).max(317)),
  values: z.record(z.string(), z.enum(tierNames)),
});

const rubricFile = z.strictObject({
  version: z.string(),
  critical: z.array(criticalEntry),
  tiers: tierTable,
  graceMinutes: z.number().nonnegative(),
  rules: z
    .array(rule)
    .min(1)
    .refine((rules) => new Set(rules.map((one) => one.id)).size === rules.length, 'an id is there twice')
    .refine(
      (rules) => rules.every((one, index) => index === 0 || one.level >= (rules[index - 1]?.level ?? '')),
      'the worst must come first',
    ),
});

export interface Rubric extends z.output<typeof rubricFile> {
  /** Version and digest of all it says: what was judged by one rubric was judged by no other. `1-5e884898da28`. */
  readonly name: string;
}

/** What castellan.yaml adds; an entry of the same id gets more patterns. */
export interface RubricExtension {
  readonly critical?: readonly CriticalEntry[] | undefined;
  readonly tiers?:
    | { readonly labels?: readonly string[]; readonly values?: Readonly<Record<string, Tier>> }
    | undefined;
}

/** An unknown key is an error. Errors: `rubric-invalid`. */
export function parseRubric(yamlText: string): Rubric {
  const parsed = rubricFile.safeParse(readYaml(yamlText));
  if (parsed.success) return named(parsed.data);
  throw incidentError('rubric-invalid', {
    message: `the rubric of severity is not as it must be: ${z.prettifyError(parsed.error)}`,
    next: 'correct the file, or take the one that was installed',
  });
}

export function extendRubric(rubric: Rubric, { critical = [], tiers = {} }: RubricExtension): Rubric {
  const entries = new Map(rubric.critical.map((entry) => [entry.id, entry]));
  for (const entry of critical) {
    const there = entries.get(entry.id);
    entries.set(entry.id, { ...entry, workloads: [...(there?.workloads ?? []), ...entry.workloads] });
  }
  const { name, ...said } = rubric;
  return named({
    ...said,
    critical: [...entries.values()],
    tiers: {
      labels: [...(tiers.labels ?? []), ...rubric.tiers.labels],
      values: { ...rubric.tiers.values, ...tiers.values },
    },
  });
}

/** reference/ lies beside src/, and beside dist/ in a package. */
export function loadRubric(extension: RubricExtension = {}): Rubric {
  const places = ['../../../reference/', '../../../../reference/'].map((folder) => new URL(folder, import.meta.url));
  const file = places.map((folder) => new URL('severity.yaml', folder)).find((place) => existsSync(place));
  if (file === undefined) throw new Error('reference/severity.yaml is not part of this installation');
  return extendRubric(parseRubric(readFileSync(file, 'utf8')), extension);
}

const compiled = new Map<string, RegExp>();

export function matchesPattern(text: string, glob: string): boolean {
  let expression = compiled.get(glob);
  if (expression === undefined) {
    const parts = glob.split('*').map((part) => part.replaceAll(/[.\\+?^${}()|[\]]/g, '\\$&'));
    expression = new RegExp(`^${parts.join('.*')}$`, 'i');
    compiled.set(glob, expression);
  }
  return expression.test(text);
}

function named(said: z.output<typeof rubricFile>): Rubric {
  const digest = createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 12);
  return { ...said, name: `${said.version}-${digest}` };
}

function readYaml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw incidentError('rubric-invalid', {
      message: 'the rubric of severity is no YAML',
      next: 'correct the file, or take the one that was installed',
      cause: error,
    });
  }
}
