import { z } from 'zod';
import { expectations } from '../expect/predicates.ts';
import { changeId, changeView, setId } from './change.ts';
import { editReply, fieldWish, wishedObject } from './edit.ts';
import { runId, runView } from './run.ts';
import {
  clusterSecretReference,
  comparison,
  fingerprintsReply,
  requestId,
  requestView,
  secretHistory,
  secretReference,
  secretWish,
  sourceReference,
} from './secret.ts';
import { objectOrigin, stackView } from './stacks.ts';

/**
 * What is spoken on keep.sock: one JSON object a line, a request and its reply, one of each a connection. The keep trusts nothing
 * of it: names are labels, and the patch is judged by what it makes of the tree.
 */
export const longestRequest = 400_000;

const label = z.string().min(1).max(80);
/** Its folder, or the last part of it. */
export const stackName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/, 'must be a folder like stacks/mail, or its last part')
  .refine((name) => !name.split('/').includes('..'), 'must not go up');

/** Who asks, as the daemon says. */
const requester = z.strictObject({ agent: label, human: label });

export const keepRequest = z.discriminatedUnion('verb', [
  z.discriminatedUnion('kind', [
    z.strictObject({
      verb: z.literal('propose'),
      kind: z.literal('plan'),
      by: requester,
      stack: stackName,
      patch: z.string().max(262_144).optional(),
      ref: z.string().max(200).optional(),
      reason: z.string().max(1_000).optional(),
    }),
    z.strictObject({
      verb: z.literal('propose'),
      kind: z.literal('change'),
      by: requester,
      /** Beside those that use what the patch changes, which are planned in any case. */
      stacks: z.array(stackName).max(50),
      patch: z.string().max(262_144).optional(),
      ref: z.string().max(200).optional(),
      reason: z.string().min(1).max(1_000),
      expect: expectations.default([]),
      revises: changeId.optional(),
      incident: z.string().max(80).optional(),
    }),
  ]),
  /** Of human.sock alone: what was registered with root's one-time code, for root's command to write down. */
  z.strictObject({ verb: z.literal('enrolment'), codeSha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  z.strictObject({ verb: z.literal('withdraw'), by: requester, id: z.union([runId, changeId, setId, requestId]) }),
  /** A human is asked to reveal, write, draw or lend. */
  z.strictObject({ verb: z.literal('request'), by: requester, wish: secretWish, reason: z.string().min(1).max(1_000) }),
  /** Known values, for the daemon's redaction. Waits until there is another generation than `have`. */
  z.strictObject({
    verb: z.literal('fingerprints'),
    have: z.string().max(80).optional(),
    waitMs: z.int().min(0).max(45_000),
  }),
  /** Of human.sock alone: read everything in Vault again, now. */
  z.strictObject({ verb: z.literal('refresh') }),
  z.discriminatedUnion('of', [
    z.strictObject({ verb: z.literal('status'), of: z.literal('run'), id: runId, waitMs: z.int().min(0).max(45_000) }),
    z.strictObject({ verb: z.literal('status'), of: z.literal('runs'), limit: z.int().min(1).max(50) }),
    z.strictObject({
      verb: z.literal('status'),
      of: z.literal('change'),
      /** Of a set: all of its changes. */
      id: z.union([changeId, setId]),
      waitMs: z.int().min(0).max(45_000),
    }),
    z.strictObject({
      verb: z.literal('status'),
      of: z.literal('changes'),
      limit: z.int().min(1).max(50),
      /** Only those that are not over. */
      open: z.boolean().optional(),
    }),
    z.strictObject({ verb: z.literal('status'), of: z.literal('stacks'), stack: stackName.optional() }),
    z.strictObject({
      verb: z.literal('status'),
      of: z.literal('object'),
      kind: z.string().max(100),
      namespace: z.string().max(63).optional(),
      name: z.string().max(253),
    }),
    /** What edit of the trusted base would give these fields another value. */
    z.strictObject({
      verb: z.literal('status'),
      of: z.literal('edit'),
      object: wishedObject,
      wishes: z.array(fieldWish).min(1).max(20),
    }),
    z.strictObject({
      verb: z.literal('status'),
      of: z.literal('request'),
      id: requestId,
      waitMs: z.int().min(0).max(45_000),
    }),
    z.strictObject({
      verb: z.literal('status'),
      of: z.literal('requests'),
      limit: z.int().min(1).max(50),
      open: z.boolean().optional(),
    }),
    /** When each key of a secret last changed. */
    z.strictObject({ verb: z.literal('status'), of: z.literal('secret'), secret: secretReference }),
    /** What the trusted base refers to: all of it, or one secret's. */
    z.strictObject({ verb: z.literal('status'), of: z.literal('references'), secret: secretReference.optional() }),
    /** Two references; never a reference and a value. */
    z.strictObject({
      verb: z.literal('status'),
      of: z.literal('comparison'),
      left: secretReference.required({ key: true }),
      right: z.union([secretReference.required({ key: true }), clusterSecretReference]),
    }),
    z.strictObject({ verb: z.literal('status'), of: z.literal('keep') }),
  ]),
]);
export type KeepRequest = z.output<typeof keepRequest>;

const passkey = z.strictObject({ id: z.string(), publicKey: z.string() });

/** Two passkeys that were registered with root's code. Public keys: nothing of it is a secret. */
const enrolment = z.strictObject({ name: z.string(), approval: passkey, login: passkey });

/** What the keep says of itself on every reply. */
export const keepState = z.strictObject({
  version: z.string(),
  /** `same user` under --seat-belt, `separate user` otherwise. */
  boundary: z.enum(['same user', 'separate user']),
  /** ISO 8601, when somebody froze it. */
  frozenSince: z.string().optional(),
  trustedBase: z.strictObject({ commit: z.string(), at: z.string(), subject: z.string() }).optional(),
  /** Commits on the branch that nobody has adopted yet. */
  ahead: z.int().optional(),
  /** When the repository was last fetched, and what went wrong since. */
  fetchedAt: z.string().optional(),
  problems: z.array(z.string()),
  /** Where humans decide: `http://castellan.localhost:8790`. Absent when no console is configured, and then nothing can be signed. */
  console: z.string().optional(),
  /** How many approvers are enrolled. */
  approvers: z.int().optional(),
  /** Applies that nobody signed here: stacks whose state moved by other hands. */
  foreign: z.array(z.strictObject({ stack: z.string(), at: z.string(), what: z.string() })).optional(),
});
export type KeepState = z.output<typeof keepState>;

export const keepReply = z.strictObject({
  keep: keepState,
  run: runView.optional(),
  runs: z.array(runView).optional(),
  /** In the order of their set; newest first where several sets are listed. */
  changes: z.array(changeView).optional(),
  stacks: z.array(stackView).optional(),
  object: objectOrigin.optional(),
  edit: editReply.optional(),
  enrolment: enrolment.optional(),
  /** Newest first. */
  requests: z.array(requestView).optional(),
  history: secretHistory.optional(),
  references: z.array(sourceReference).optional(),
  comparison: comparison.optional(),
  fingerprints: fingerprintsReply.optional(),
  /** What went wrong, in the shape every error of Castellan has. */
  error: z
    .strictObject({ code: z.string(), audience: z.enum(['agent', 'operator']), message: z.string(), next: z.string() })
    .optional(),
});
export type KeepReply = z.output<typeof keepReply>;
