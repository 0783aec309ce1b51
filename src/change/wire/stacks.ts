import { z } from 'zod';
import { changeStates } from '../life/states.ts';
import { runStates } from './run.ts';

/** What the keep tells of its stacks, without planning anything. Ages are the reader's to work out: times are ISO 8601. */
export const driftStates = ['clean', 'differs', 'unknown'] as const;

export const stackView = z.strictObject({
  /** Its folder in the repository: `stacks/mail`. */
  stack: z.string(),
  /** The name of its profile. */
  profile: z.string(),
  tier: z.string(),
  backend: z.enum(['pg', 'sops', 'local', 'none']),
  engine: z.string(),
  /** Skipped by configuration, with the reason; such a stack is never planned. */
  skipped: z.string().optional(),
  dependsOn: z.array(z.string()),
  /** Stacks that depend on it, directly or not. */
  dependants: z.array(z.string()),
  modules: z.array(z.string()),
  /** Open run of this stack, if any. */
  run: z
    .strictObject({ id: z.string(), state: z.enum(runStates), agent: z.string(), createdAt: z.string() })
    .optional(),
  /** The change that has the stack, if any. */
  change: z
    .strictObject({ id: z.string(), state: z.enum(changeStates), agent: z.string(), createdAt: z.string() })
    .optional(),
  /** `held` names whoever holds the state's lock as far as the backend tells; `unknown` says why. */
  lock: z.strictObject({ state: z.enum(['free', 'held', 'unknown']), detail: z.string() }),
  /** When the state last changed, and how that is known. */
  lastApply: z.strictObject({ at: z.string().optional(), serial: z.int().optional(), how: z.string() }),
  drift: z.strictObject({
    state: z.enum(driftStates),
    /** When the last scheduled plan of it ended. */
    at: z.string().optional(),
    commit: z.string().optional(),
    why: z.string().optional(),
    counts: z.string().optional(),
    addresses: z.array(z.string()),
    /** A second plan said the same. */
    confirmed: z.boolean(),
    run: z.string().optional(),
  }),
});
export type StackView = z.output<typeof stackView>;

/** Where a field of a live object comes from. */
const fieldOrigin = z.strictObject({
  field: z.string(),
  file: z.string(),
  line: z.int(),
  /** The expression as it stands there, when it is literal. */
  literal: z.string().optional(),
});

export const objectOrigin = z.strictObject({
  /** Undefined: no stack's last plan had this object. */
  stack: z.string().optional(),
  address: z.string().optional(),
  place: z.strictObject({ file: z.string(), line: z.int() }).optional(),
  /** The module calls that lead to it, outermost first. */
  calls: z.array(z.strictObject({ file: z.string(), line: z.int() })).optional(),
  fields: z.array(fieldOrigin),
  /** Fields the source tells Terraform to leave alone. */
  ignored: z.array(z.string()),
});
export type ObjectOrigin = z.output<typeof objectOrigin>;
