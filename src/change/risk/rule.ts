import { parse } from 'yaml';
import { z } from 'zod';
import { parsePath } from '../../convention/node/path.ts';
import { defineErrors } from '../../kit/index.ts';
import { verdicts } from '../finding.ts';
import { planActions } from '../plan/reading.ts';
import { riskLevels } from '../wire/run.ts';

/**
 * Risk as data: reference/risk.yaml.
 *
 *  rule      a level, a sentence, and one condition under `when`
 *  change    looks at one resource of the plan: its type or kind, its action, what differs at a path. A Kubernetes object is
 *            seen as its manifest, whoever writes it; `$pod` is the spec of its pods
 *  fallback  counts only for a change of which no other rule says as much
 *  raises    what is said when something a rule looks at is not known: the change is then judged as if the rule held, and at
 *            least one class above what is known. Raising ends at critical: only a rule denies
 */
const pattern = z.string().regex(/^[\w*./:-]+$/, 'is a name, with * for any part of it');
const path = z
  .string()
  .refine((text) => parsePath(text) !== undefined, 'is no path')
  .transform((text) => ({ text, steps: parsePath(text) ?? [] }));

export const operators = [
  /** It is another than before. */
  'changed',
  /** It is set, and was not. */
  'added',
  /** It was set, and is not. */
  'removed',
  /** A quantity that is smaller than before. */
  'decreased',
  /** A list that has what it had not. */
  'widened',
  /** An image from a registry that no resource of the plan had an image of. */
  'from-new-registry',
  /** An image whose name says nothing of its version. */
  'floating-image',
  /** An image of an older version. */
  'older-image',
] as const;
export type Operator = (typeof operators)[number];

const comparison = z
  .strictObject({
    at: path,
    is: z.enum(operators).optional(),
    /** It says this now, and did not before. */
    becomes: z.union([z.string(), z.number(), z.boolean()]).optional(),
    /** It matches now, and did not before. */
    matches: z
      .string()
      .transform((text) => new RegExp(text))
      .optional(),
  })
  .refine(({ is, becomes, matches }) => [is, becomes, matches].filter((one) => one !== undefined).length === 1, {
    error: 'needs exactly one of is, becomes, matches',
  });
export type Comparison = z.output<typeof comparison>;

const changeCondition = z.strictObject({
  types: z.array(pattern).optional(),
  /** `Role`, or with its group `Cluster.postgresql.cnpg.io`. */
  kinds: z.array(pattern).optional(),
  namespaces: z.array(pattern).optional(),
  /** Unless said: with `paths` everything that leaves the resource there, otherwise everything. */
  actions: z.array(z.enum(planActions)).optional(),
  /** Any of them. */
  paths: z.array(comparison).optional(),
  /** Any of them, of what is there before the change: only `becomes` and `matches` make sense. */
  was: z.array(comparison).optional(),
  /** What is so of the change as a whole. */
  is: z.enum(['imported', 'moved', 'executing', 'revealing']).optional(),
});
export type ChangeCondition = z.output<typeof changeCondition>;

const planFlags = [
  'errored',
  'not-applyable',
  'incomplete',
  'failed-check',
  'deferred',
  'drifted',
  'runs-action',
] as const;
const recordFlags = [
  'vanished',
  'lineage-changed',
  'went-back',
  'create-storm',
  'lost-resources',
  'unrecorded',
  'mostly-new',
] as const;

const when = z
  .strictObject({
    change: changeCondition.optional(),
    plan: z.enum(planFlags).optional(),
    record: z.enum(recordFlags).optional(),
    findings: z
      .strictObject({ rules: z.array(pattern).optional(), verdicts: z.array(z.enum(verdicts)).optional() })
      .optional(),
    stacks: z.array(pattern).optional(),
    count: z.strictObject({ of: z.enum(['changes', 'stacks', 'dependants']), over: z.int().nonnegative() }).optional(),
  })
  .refine((one) => Object.keys(one).length === 1, { error: 'needs exactly one condition' });

const rule = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/),
  level: z.enum(riskLevels),
  sentence: z.string().min(10).max(200),
  /** Only for stacks of these tiers. */
  tiers: z.array(z.string()).optional(),
  fallback: z.boolean().default(false),
  when,
});
export type RiskRule = z.output<typeof rule>;

const sentence = z.string().min(10).max(200);
const riskFile = z.strictObject({
  raises: z.strictObject({ value: sentence, manifest: sentence, type: sentence, backup: sentence }),
  /** What may be deleted without anybody wondering what it was. */
  known: z.strictObject({ types: z.array(pattern), kinds: z.array(pattern) }),
  rules: z
    .array(rule)
    .refine((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, 'an id is there twice'),
});
export type RiskRules = z.output<typeof riskFile>;
export type PlanFlag = (typeof planFlags)[number];
export type RecordFlag = (typeof recordFlags)[number];

const riskError = defineErrors({
  'risk-rules-invalid': { audience: 'operator', meaning: 'The rules that say how dangerous a plan is cannot be read.' },
});

/** Reads risk.yaml; an unknown key is an error. Errors: `risk-rules-invalid`. */
export function parseRiskRules(yamlText: string): RiskRules {
  const parsed = riskFile.safeParse(readYaml(yamlText));
  if (parsed.success) return parsed.data;
  throw riskError('risk-rules-invalid', {
    message: `the rules of risk are not as they must be: ${z.prettifyError(parsed.error)}`,
    next: 'correct the file, or take the one that was installed',
  });
}

function readYaml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw riskError('risk-rules-invalid', {
      message: 'the rules of risk are no YAML',
      next: 'correct the file, or take the one that was installed',
      cause: error,
    });
  }
}
