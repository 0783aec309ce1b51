import { z } from 'zod';
import { fingerprintCoverage, fingerprintSet, valueClasses } from '../../redaction/known/fingerprints.ts';

/**
 * What is spoken on keep.sock of secrets: where they are, when they changed, who may be asked for them. Never a value, never its length.
 */
const segment = /^(?!\.{1,2}(?:\/|$))[A-Za-z0-9_. @+=~-]+$/;
const plainPath = (what: string) =>
  z
    .string()
    .max(400)
    .refine((text) => text.split('/').every((part) => segment.test(part)), `must be ${what}`);

/** `secret/apps/mail#password` or `secret/apps/mail#password@3`. */
export const secretReference = z.strictObject({
  mount: plainPath('a mount like secret'),
  path: plainPath('a path like apps/mail'),
  key: z.string().min(1).max(200).optional(),
  version: z.int().min(1).optional(),
});
export type SecretReference = z.output<typeof secretReference>;

/** A key of a Kubernetes Secret. */
export const clusterSecretReference = z.strictObject({
  namespace: z.string().min(1).max(63),
  name: z.string().min(1).max(253),
  key: z.string().min(1).max(253),
});
export type ClusterSecretReference = z.output<typeof clusterSecretReference>;

/** `same: equal` says two references hold one value now; which, nobody is told. */
export const comparison = z.strictObject({
  outcome: z.enum(['equal', 'different', 'unknown']),
  /** Why unknown. */
  why: z.string().optional(),
  /** The version of the Vault side that the other side equals, when it is an older one. */
  equalsVersion: z.int().optional(),
  leftVersion: z.int().optional(),
  rightVersion: z.int().optional(),
  leftChangedAt: z.string().optional(),
  rightChangedAt: z.string().optional(),
});
export type Comparison = z.output<typeof comparison>;

/** What the fingerprinter knows of one secret's keys. */
export const secretHistory = z.strictObject({
  mount: z.string(),
  path: z.string(),
  keys: z.array(
    z.strictObject({
      key: z.string(),
      class: z.enum(valueClasses).optional(),
      /** The oldest retained version since which it has not changed, and when that was written. */
      since: z.strictObject({ version: z.int(), at: z.string() }).optional(),
      /** There is no older version to compare with: it may be older still. */
      atLeast: z.boolean(),
      /** A version before has the same value, and others lie between: it was put back. */
      revertedTo: z.int().optional(),
      /** References that hold the same value: of class a only. */
      sameAs: z.array(z.string()),
    }),
  ),
});
export type SecretHistory = z.output<typeof secretHistory>;

/** Where the source of the trusted base refers to a secret. */
export const sourceReference = z.strictObject({
  mount: z.string(),
  path: z.string(),
  /** Absent: the whole secret. */
  key: z.string().optional(),
  file: z.string(),
  line: z.int(),
  stack: z.string().optional(),
  /** `vault_kv_secret_v2`, `ExternalSecret`, … */
  how: z.string(),
});
export type SourceReference = z.output<typeof sourceReference>;

export const fingerprintsReply = z.strictObject({
  /** `ready`; `none`: this keep has no fingerprinter; `starting`: it has not read Vault yet; `away`: it does not answer (the last set, if any, is still given). */
  state: z.enum(['ready', 'none', 'starting', 'away']),
  why: z.string().optional(),
  /** Absent when the asker has this generation already. */
  set: fingerprintSet.optional(),
  generation: z.string().optional(),
  coverage: fingerprintCoverage.optional(),
});
export type FingerprintsReply = z.output<typeof fingerprintsReply>;

/** `req_` and 26 base32 digits: 130 random bits. */
export const requestId = z.string().regex(/^req_[a-z2-7]{26}$/, 'must be an id like req_…');

export const requestKinds = ['reveal', 'write', 'generate', 'lease'] as const;

/**
 *  waiting → done | rejected | expired | withdrawn | failed
 *      └▶ signed → done | failed   (a reveal: the value was shown once; a keep killed in between leaves `failed`)
 */
export const requestStates = ['waiting', 'signed', 'done', 'rejected', 'expired', 'withdrawn', 'failed'] as const;
export type RequestState = (typeof requestStates)[number];

export const alphabets = ['letters-digits', 'letters-digits-symbols', 'hex', 'base64url', 'digits'] as const;

/** What is asked of a human, in the words of an agent. */
export const secretWish = z.discriminatedUnion('kind', [
  /** Show a human one key. */
  z.strictObject({ kind: z.literal('reveal'), of: secretReference.required({ key: true }) }),
  /** A human types the value. */
  z.strictObject({ kind: z.literal('write'), of: secretReference.required({ key: true }) }),
  /** Castellan draws it; nobody sees it. */
  z.strictObject({
    kind: z.literal('generate'),
    of: secretReference.required({ key: true }),
    length: z.int().min(16).max(256),
    alphabet: z.enum(alphabets),
  }),
  /** A short kubeconfig from Vault's Kubernetes engine, handed to the human. */
  z.strictObject({
    kind: z.literal('lease'),
    role: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be a role like local-admin'),
    namespace: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be a namespace'),
    /** The API server lends for no less. */
    minutes: z.int().min(10).max(240),
    clusterWide: z.boolean(),
  }),
]);
export type SecretWish = z.output<typeof secretWish>;

export const requestView = z.strictObject({
  id: requestId,
  wish: secretWish,
  state: z.enum(requestStates),
  agent: z.string(),
  human: z.string(),
  /** In the words of whoever asked. */
  reason: z.string(),
  createdAt: z.string(),
  changedAt: z.string(),
  expiresAt: z.string().optional(),
  /** Of the secret when it was asked for; a write is refused when it moved. 0: there was none. */
  version: z.int().optional(),
  /** What a write or a generation made. */
  madeVersion: z.int().optional(),
  /** When a lease ends. */
  leaseUntil: z.string().optional(),
  by: z.string().optional(),
  /** What a human wrote who rejected it. */
  words: z.string().optional(),
  /** Why it failed: our own words. */
  why: z.string().optional(),
});
export type RequestView = z.output<typeof requestView>;
