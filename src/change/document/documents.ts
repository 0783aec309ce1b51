import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../store/canonical-json.ts';
import { expectations } from '../expect/predicates.ts';
import { changeId, setId } from '../wire/change.ts';
import { riskLevels } from '../wire/run.ts';
import { alphabets, requestId } from '../wire/secret.ts';

/**
 * What a human signs. A document is JSON in its canonical form (RFC 8785); its SHA-256 is the challenge of a WebAuthn assertion.
 * It says of itself what it is for (`kind`), for which keep, by whom and with which credential, until when, and holds a nonce that
 * is spent once. A signature over one kind is never taken for another.
 *
 *  change document   what would be applied, in full: one a change and attempt; it is not signed itself
 *  approve           names the change documents of a whole set by their digests
 */
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hex');
const commit = z.string().regex(/^[0-9a-f]{40}$/, 'a full commit id');
const label = z.string().min(1).max(200);
const time = z.iso.datetime();

export const changeDocument = z.strictObject({
  v: z.literal(1),
  change: changeId,
  set: setId,
  attempt: z.int().min(1),
  requester: z.strictObject({ agent: label, human: label }),
  reason: z.string(),
  repository: z.strictObject({ url: z.string(), base: commit, commit, tree: commit, diffSha256: sha256 }),
  stack: z.string(),
  tier: z.string(),
  profile: z.strictObject({ name: z.string(), sha256 }),
  plan: z.strictObject({
    sha256,
    /** Keyed digest of what it does, without its time. */
    semantic: z.string(),
    format: z.string(),
    counts: z.record(z.string(), z.int()),
    executes: z.array(z.string()),
    complete: z.boolean(),
  }),
  /** The planner's whole working directory, as one archive. */
  workdir: z.strictObject({ sha256, engineFolder: z.string() }),
  /** Null: there was none. */
  state: z.strictObject({ lineage: z.string(), serial: z.int(), sha256 }).nullable(),
  /** Of `.terraform.lock.hcl`; null: the stack has none. */
  lockFile: sha256.nullable(),
  /** Engine, Terragrunt and providers that ran, by their bytes. */
  programs: z.array(z.strictObject({ name: z.string(), sha256 })),
  /** Rules and renderer that judged and showed it: what is applied was judged by the same. */
  policy: z.strictObject({ rules: sha256, renderer: z.string() }),
  /** Of the canonical JSON of everything the page showed. */
  shown: sha256,
  risk: z.strictObject({ level: z.enum(riskLevels), rules: z.array(z.string()) }),
  expect: expectations,
  boundary: z.enum(['same user', 'separate user']),
});
export type ChangeDocument = z.output<typeof changeDocument>;

const common = {
  v: z.literal(1),
  /** Which keep: 128 random bits, made once. */
  keep: z.string().min(1),
  nonce: z.string().regex(/^[A-Za-z0-9_-]{43}$/, '256 random bits'),
  issuedAt: time,
  expiresAt: time,
  approver: z.strictObject({ name: label, credential: z.string().min(1) }),
};

/** Change documents of a set, by digest, in the order they are applied. */
const documents = z
  .array(z.strictObject({ change: changeId, sha256 }))
  .min(1)
  .max(50);
const auditHead = z.strictObject({ epoch: z.string(), seq: z.int(), hash: z.string() });

const credential = z.strictObject({
  /** base64url. */
  id: z.string().min(1).max(1_400),
  /** COSE, base64url. */
  publicKey: z.string().min(1).max(4_000),
});

/** One key of a key-value secret. */
const secretKey = { mount: label, path: z.string().min(1).max(500), key: label };

export const signedDocument = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('approve'), set: setId, documents, audit: z.array(auditHead) }),
  /** Over policy that denies, or without the second person it asks for; never without a signature. */
  z.strictObject({
    ...common,
    kind: z.literal('break-glass'),
    set: setId,
    documents,
    audit: z.array(auditHead),
    why: z.string().min(10).max(1_000),
  }),
  /** Exactly these trees may be parsed and planned. `subject`: a run or a change. */
  z.strictObject({
    ...common,
    kind: z.literal('consent'),
    subject: z.string(),
    tree: commit,
    diffSha256: sha256,
    profileSha256: sha256,
    /** Over the three: what `consentParts` gives. */
    digest: sha256,
  }),
  /** The commit becomes the trusted base. */
  z.strictObject({ ...common, kind: z.literal('adopt'), commit, previous: commit }),
  /** Proposals of this diff on this stack are refused until then, whoever makes them. */
  z.strictObject({ ...common, kind: z.literal('reject-policy'), stack: z.string(), diffSha256: sha256, until: time }),
  z.strictObject({ ...common, kind: z.literal('enrol'), name: label, approval: credential, login: credential }),
  z.strictObject({ ...common, kind: z.literal('revoke'), name: label }),
  /** The lease of a stack whose apply was interrupted is given back: a human looked. */
  z.strictObject({ ...common, kind: z.literal('unlock'), stack: z.string(), change: changeId }),
  z.strictObject({ ...common, kind: z.literal('thaw'), frozenSince: time }),
  /** Shows this one version of this key to whoever signed, once. */
  z.strictObject({ ...common, kind: z.literal('reveal'), request: requestId, ...secretKey, version: z.int().min(1) }),
  /**
   * Writes what the human typed as the version after `version`. `commitment`: SHA-256 over 32 random bytes and the value; the bytes
   * are thrown away, so it binds the value and tells nothing of it.
   */
  z.strictObject({
    ...common,
    kind: z.literal('write'),
    request: requestId,
    ...secretKey,
    version: z.int().min(0),
    commitment: sha256,
  }),
  z.strictObject({
    ...common,
    kind: z.literal('generate'),
    request: requestId,
    ...secretKey,
    version: z.int().min(0),
    length: z.int().min(16).max(256),
    alphabet: z.enum(alphabets),
  }),
  /** A kubeconfig for whoever signed, that ends by itself. */
  z.strictObject({
    ...common,
    kind: z.literal('token'),
    request: requestId,
    role: label,
    namespace: label,
    minutes: z.int().min(10).max(240),
    clusterWide: z.boolean(),
  }),
]);
export type SignedDocument = z.output<typeof signedDocument>;
export type DocumentKind = SignedDocument['kind'];
export type DocumentOf<Kind extends DocumentKind> = Extract<SignedDocument, { kind: Kind }>;

/** SHA-256 of the canonical form, hex. */
export function digestOf(document: ChangeDocument | SignedDocument): string {
  return createHash('sha256').update(canonicalJson(document)).digest('hex');
}

/** A document as it was signed, and by what: enough to verify it without the keep. */
export const signature = z.strictObject({
  /** The canonical text. */
  document: z.string().max(200_000),
  assertion: z.strictObject({
    credential: z.string(),
    /** All base64url. */
    clientDataJSON: z.string(),
    authenticatorData: z.string(),
    signature: z.string(),
  }),
});
export type Signature = z.output<typeof signature>;
