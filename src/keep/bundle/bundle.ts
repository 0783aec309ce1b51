import { createHash } from 'node:crypto';
import { z } from 'zod';
import { changeDocument, signature } from '../../change/document/documents.ts';
import { expectationResult } from '../../change/expect/predicates.ts';
import { changeStates } from '../../change/life/states.ts';
import { applyReport, changeId, setId } from '../../change/wire/change.ts';
import { requestView } from '../../change/wire/secret.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import { passkeyShape } from '../approvers/passkey.ts';

/**
 * All there is of one set of changes, or of one request for a secret, in one file, for whoever wants to prove it without the keep.
 * Of a request it has what was asked, by whom, and what was signed: where the value stands, and never the value.
 *
 *  proved      what a human's passkey signed: the change documents, through their digests, and who enrolled whom
 *  word        what only the keep says: reports, steps, results, the landed commit, the audit's rows. The bundle's digest shows that
 *              nothing of it was changed by accident; whoever wants to lie can make another
 *  trusted     what the reader knows from elsewhere: fingerprints of root's approvers, and the origin of the console
 */
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const head = z.strictObject({ epoch: z.string(), seq: z.int(), hash: sha256 });

export const bundledChange = z.strictObject({
  id: changeId,
  order: z.int(),
  stack: z.string(),
  state: z.enum(changeStates),
  attempt: z.int(),
  createdAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  approvedBy: z.array(z.string()),
  brokenGlass: z.boolean(),
  /** Null: it never came to one. */
  document: changeDocument.nullable(),
  signatures: z.array(signature),
  steps: z.array(z.strictObject({ step: z.string(), at: z.iso.datetime() })),
  apply: applyReport.nullable(),
  expected: z.array(expectationResult),
  landedAs: z.string().nullable(),
});
export type BundledChange = z.output<typeof bundledChange>;

export const bundledApprover = z.strictObject({
  name: z.string(),
  approval: passkeyShape,
  login: passkeyShape,
  since: z.iso.datetime(),
  /** `root`, or who enrolled them; the document is among the decisions. */
  by: z.string(),
});
export type BundledApprover = z.output<typeof bundledApprover>;

const bundledDecision = z.strictObject({
  kind: z.string(),
  subject: z.string(),
  at: z.iso.datetime(),
  signature,
});

export const bundleContent = z.strictObject({
  v: z.literal(1),
  kind: z.literal('castellan-bundle'),
  keep: z.string(),
  origin: z.string(),
  boundary: z.enum(['same user', 'separate user']),
  exportedAt: z.iso.datetime(),
  /** Either a set with its changes, or a request. */
  set: setId.optional(),
  changes: z.array(bundledChange),
  request: requestView.optional(),
  decisions: z.array(bundledDecision),
  approvers: z.array(bundledApprover),
  audit: z.strictObject({
    rows: z.array(head.extend({ previous: z.string(), entry: z.record(z.string(), z.unknown()) })),
    /** Where the chains of these rows ended when it was exported. */
    heads: z.array(head),
  }),
});
export type BundleContent = z.output<typeof bundleContent>;
export const bundle = bundleContent.extend({ digest: sha256 });
export type Bundle = z.output<typeof bundle>;

/** SHA-256 of the canonical form of everything else in it. */
export function bundleDigest({ digest: _, ...rest }: BundleContent & { readonly digest?: string | undefined }): string {
  return createHash('sha256').update(canonicalJson(rest)).digest('hex');
}
