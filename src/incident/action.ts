import { z } from 'zod';

export const actionTypes = [
  'alert',
  'config',
  'monitor',
  'code',
  'runbook',
  'architecture',
  'investigation',
  'migration',
] as const;
export const actionClasses = ['prevent', 'detect', 'mitigate'] as const;
export const priorities = ['P0', 'P1', 'P2', 'P3'] as const;
/** `landed`: its predicate passed, or somebody says so of one that cannot be tested. `regressed`: it had passed, and fails. */
export const actionStatuses = ['open', 'in-progress', 'landed', 'regressed', 'dropped'] as const;
export type ActionStatus = (typeof actionStatuses)[number];

const repositoryPath = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._/-]{0,299}$/, 'a path in the infra repository')
  .refine((path) => !path.split('/').includes('..'), 'must not go up');

/** How a machine sees that an action landed. Every one is three-valued: what could not be asked is unknown. */
export const verifyPredicate = z.discriminatedUnion('kind', [
  /** Prometheus has a rule of this name. */
  z.strictObject({ kind: z.literal('alert-rule'), name: z.string().min(1).max(200) }),
  /** At the head of the infra repository. */
  z.strictObject({ kind: z.literal('file-exists'), path: repositoryPath }),
  z.strictObject({ kind: z.literal('file-contains'), path: repositoryPath, text: z.string().min(1).max(300) }),
  z.strictObject({ kind: z.literal('file-changed'), path: repositoryPath, since: z.iso.datetime() }),
  /** A field of a live object: `deploy/web` in `shop`, `spec.replicas` is `2`; as text. */
  z.strictObject({
    kind: z.literal('object-field'),
    target: z.string().min(1).max(253),
    namespace: z.string().max(63).optional(),
    field: z.string().min(1).max(200),
    is: z.string().max(300),
  }),
  /** A probe of an allow-listed target succeeds. */
  z.strictObject({ kind: z.literal('probe'), target: z.string().min(1).max(300) }),
  /** An instant query gives at least one sample, and all of them hold. */
  z.strictObject({
    kind: z.literal('metric'),
    query: z.string().min(1).max(500),
    op: z.enum(['<', '<=', '>', '>=', '==']),
    value: z.number(),
  }),
  /** The memory, runbook or document of this name is there. */
  z.strictObject({ kind: z.literal('document'), corpus: z.string().max(40), name: z.string().min(1).max(300) }),
  /** No machine can tell; why. Landed only when somebody says so. */
  z.strictObject({ kind: z.literal('manual'), why: z.string().min(1).max(300) }),
]);
export type VerifyPredicate = z.output<typeof verifyPredicate>;

export interface ActionDraft {
  readonly title: string;
  readonly type: (typeof actionTypes)[number];
  readonly class: (typeof actionClasses)[number];
  readonly priority: (typeof priorities)[number];
  /** Undefined where an imported report names none: it is listed as missing. */
  readonly owner: string | undefined;
  /** A day, `2026-12-01`. */
  readonly due: string | undefined;
  readonly status: ActionStatus;
  /** The file it is to change. */
  readonly path: string | undefined;
  readonly verify: VerifyPredicate | undefined;
  /** May be prepared as a change without asking whether: only config, alert, monitor. */
  readonly automatable: boolean;
}

export interface Action extends ActionDraft {
  /** `act_` and 8 base32 digits. */
  readonly id: string;
  /** Of an incident of ours, or of an imported report: exactly one is there. */
  readonly incident: string | undefined;
  readonly report: string | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly verified: Verified | undefined;
  /** The change that is to land it. */
  readonly change: string | undefined;
}

export interface Verified {
  readonly result: 'pass' | 'fail' | 'unknown';
  readonly at: Date;
  /** What was seen: our words. */
  readonly detail: string;
}
