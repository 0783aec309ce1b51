import { z } from 'zod';

/**
 * What must hold once a change is applied, as its author says and its approver signs. Each is measured by the keep itself until it
 * holds or its time is over; what cannot be measured does not hold.
 */
const name = z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, 'a name of Kubernetes');
const within = z.int().min(5).max(900).default(300).describe('seconds until it must hold');

export const expectation = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('rollout'),
    workload: z.enum(['deployment', 'statefulset', 'daemonset']),
    namespace: name,
    name,
    within,
  }),
  z.strictObject({
    kind: z.literal('probe'),
    url: z
      .string()
      .max(500)
      .regex(/^https?:\/\/[^\s]+$/, 'an http or https address')
      .refine((text) => URL.canParse(text), 'an http or https address'),
    status: z.int().min(100).max(599).default(200),
    within,
  }),
  z.strictObject({ kind: z.literal('alert-quiet'), alert: z.string().min(1).max(200), within }),
  z.strictObject({
    kind: z.literal('metric'),
    query: z.string().min(1).max(500).describe('PromQL that gives one number'),
    op: z.enum(['<', '<=', '>', '>=', '==']),
    value: z.number(),
    within,
  }),
]);
export type Expectation = z.output<typeof expectation>;

/** All of a change together; the longest a change is watched is 15 minutes. */
export const expectations = z.array(expectation).max(8);

/** One of them as it was found. `unknown`: it could not be measured, which does not hold. */
export const expectationResult = z.strictObject({
  /** `rollout deployment mail/postfix`, in our own words. */
  what: z.string(),
  result: z.enum(['pass', 'fail', 'unknown']),
  detail: z.string(),
  /** ISO 8601. */
  at: z.string(),
});
export type ExpectationResult = z.output<typeof expectationResult>;
