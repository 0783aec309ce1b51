import { digestOf, type Signature, type SignedDocument, signedDocument } from '../../change/document/documents.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import { flawOfAssertion } from '../approvers/assertion.ts';
import { fingerprintOf, flawOfPair } from '../approvers/passkey.ts';
import type { RelyingParty } from '../approvers/port.ts';
import { conflictWith } from '../approvers/root-file.ts';
import { flawOfTimes } from '../approvers/signed-text.ts';
import type { Bundle, BundledApprover } from './bundle.ts';
import type { Checks } from './checks.ts';

/** A signature that holds, with what was signed; or why it does not. */
export type Proof =
  | { readonly document: SignedDocument; readonly by: BundledApprover; readonly flaw: undefined }
  | { readonly flaw: string };

export interface SignatureParts {
  readonly bundle: Bundle;
  readonly rp: RelyingParty;
}

/** `at`: when it was taken, as the keep says. */
export async function proveSignature(
  signature: Signature,
  at: Date | undefined,
  { bundle, rp }: SignatureParts,
): Promise<Proof> {
  const document = parse(signature.document);
  if (document === undefined) return { flaw: 'what was signed is no document' };
  if (canonicalJson(document) !== signature.document) return { flaw: 'what was signed is not in its canonical form' };
  if (document.keep !== bundle.keep) return { flaw: 'what was signed is for another keep' };
  const { credential } = signature.assertion;
  if (document.approver.credential !== credential) return { flaw: 'it names another passkey than the one that signed' };
  const by = bundle.approvers.find(({ approval }) => approval.id === credential);
  if (by === undefined) return { flaw: 'nobody in the bundle has the passkey that signed' };
  if (by.name !== document.approver.name) return { flaw: 'it names another approver than the one who signed' };
  const challenge = Buffer.from(digestOf(document), 'hex').toString('base64url');
  const flaw =
    (await flawOfAssertion(signature.assertion, { challenge, passkey: by.approval, rp })) ?? timely(document, at);
  return flaw === undefined ? { document, by, flaw } : { flaw };
}

function timely(document: SignedDocument, at: Date | undefined): string | undefined {
  return flawOfTimes(document, at ?? new Date(document.issuedAt));
}

function parse(text: string): SignedDocument | undefined {
  try {
    return signedDocument.safeParse(JSON.parse(text)).data;
  } catch {
    // Told as what it is: no document.
    return undefined;
  }
}

/** Each approver in the bundle, back to root; root's are as good as what the reader knows of them. */
export async function checkPeople(
  checks: Checks,
  trusted: readonly string[] | undefined,
  parts: SignatureParts,
): Promise<void> {
  const { approvers } = parts.bundle;
  for (const [index, approver] of approvers.entries()) {
    const what = `approver ${approver.name}`;
    const flaw = flawOfPair(approver) ?? conflictWith(approver, approvers.slice(0, index));
    if (flaw !== undefined) checks.fail(what, flaw);
    else if (approver.by === 'root') checkRoot(checks, approver, trusted);
    else checks.proved(what, await flawOfEnrolment(approver, parts), `${approver.by} enrolled them by signature`);
  }
}

function checkRoot(checks: Checks, approver: BundledApprover, trusted: readonly string[] | undefined): void {
  const what = `approver ${approver.name}`;
  const fingerprint = fingerprintOf(approver);
  if (trusted === undefined) {
    checks.unknown(
      what,
      `root made them an approver, says the keep: compare the fingerprint ${fingerprint} with theirs`,
    );
  } else if (trusted.includes(fingerprint)) {
    checks.pass(what, `root's, with the fingerprint you trust: ${fingerprint}`);
  } else {
    checks.fail(what, `their fingerprint ${fingerprint} is none of those you trust`);
  }
}

async function flawOfEnrolment(approver: BundledApprover, parts: SignatureParts): Promise<string | undefined> {
  const { approvers, decisions } = parts.bundle;
  const seen = new Set<string>();
  for (let at: BundledApprover = approver; at.by !== 'root'; ) {
    if (seen.has(at.name)) return 'their enrolments go in a circle';
    seen.add(at.name);
    const step = at;
    const decision = decisions.find(({ signature }) => {
      const document = parse(signature.document);
      return document?.kind === 'enrol' && canonicalJson(document.approval) === canonicalJson(step.approval);
    });
    if (decision === undefined) return `the document that enrolled ${step.name} is missing`;
    const proof = await proveSignature(decision.signature, new Date(decision.at), parts);
    if (proof.flaw !== undefined) return `the enrolment of ${step.name} does not hold: ${proof.flaw}`;
    const { document } = proof;
    if (document.kind !== 'enrol' || document.name !== step.name)
      return `what enrolled ${step.name} names somebody else`;
    if (canonicalJson(document.login) !== canonicalJson(step.login))
      return `what enrolled ${step.name} names other passkeys`;
    if (proof.by.name !== step.by) return `${step.name} was enrolled by ${proof.by.name}`;
    const next = approvers.find(({ name }) => name === step.by);
    if (next === undefined) return `${step.by}, who enrolled ${step.name}, is missing`;
    at = next;
  }
  return undefined;
}

/** Why somebody was no approver any more, or not yet, at that time. */
export async function flawOfStanding(
  by: BundledApprover,
  at: Date,
  parts: SignatureParts,
): Promise<string | undefined> {
  if (new Date(by.since) > at) return `${by.name} was no approver yet`;
  for (const decision of parts.bundle.decisions) {
    if (decision.kind !== 'revoke' || decision.subject !== by.name || new Date(decision.at) > at) continue;
    const proof = await proveSignature(decision.signature, new Date(decision.at), parts);
    if (proof.flaw === undefined && proof.document.kind === 'revoke') return `${by.name} had been revoked`;
  }
  return undefined;
}
