import type { signedDocument } from '../../change/document/documents.ts';
import type { RelyingParty } from '../approvers/port.ts';
import { checkAudit } from './audit.ts';
import { type Bundle, bundle, bundleDigest } from './bundle.ts';
import { checkChange } from './changes.ts';
import { type Check, Checks } from './checks.ts';
import { checkPeople, proveSignature, type SignatureParts } from './people.ts';
import { checkRequest } from './requests.ts';

export interface VerifyOptions {
  /** Fingerprints of root's approvers, as `castellan enrol` and the page show them, from elsewhere than the bundle. */
  readonly trusted?: readonly string[] | undefined;
  /** Of the console, from elsewhere than the bundle. */
  readonly origin?: string | undefined;
}

export interface Verdict {
  readonly checks: readonly Check[];
  /** Nothing fails. What is unknown may still be anything. */
  readonly holds: boolean;
}

/** Proves a bundle from itself and what the reader knows, with no keep and no network. Never throws for what is in it. */
export async function verifyBundle(json: string, options: VerifyOptions = {}): Promise<Verdict> {
  const checks = new Checks();
  const read = parse(json);
  if (read === undefined) checks.fail('bundle', 'it is none: not JSON, or not of the shape that this version exports');
  else await checkBundle(checks, read, options);
  return { checks: checks.all, holds: checks.all.every(({ outcome }) => outcome !== 'fail') };
}

async function checkBundle(checks: Checks, read: Bundle, { trusted, origin }: VerifyOptions): Promise<void> {
  checks.proved(
    'bundle',
    bundleDigest(read) === read.digest ? undefined : 'something in it was changed since it was exported',
    `it is whole: SHA-256 ${read.digest}`,
  );
  const rp = partyOf(origin ?? read.origin);
  if (rp === undefined) {
    checks.fail('origin', 'it is no address of a console');
    return;
  }
  if (origin === undefined) checks.unknown('origin', `the keep says that it is ${read.origin}: compare it with yours`);
  else
    checks.proved(
      'origin',
      rp.origin === read.origin ? undefined : `it is of ${read.origin}`,
      `it is yours, ${rp.origin}`,
    );
  const parts: SignatureParts = { bundle: read, rp };
  await checkPeople(checks, trusted, parts);
  await checkDecisions(checks, parts);
  const { set, changes, request } = read;
  if (request === undefined) {
    const orders = changes.map(({ order }) => order);
    const whole = set !== undefined && orders.length > 0 && orders.every((order, index) => order === index + 1);
    checks.proved(
      'set',
      whole ? undefined : 'its changes are not all there, in their order',
      `${orders.length} change(s) of ${set}`,
    );
  } else {
    if (set !== undefined || changes.length > 0) checks.fail('bundle', 'it is of a request and of changes at once');
    await checkRequest(checks, request, parts);
  }
  for (const change of changes) await checkChange(checks, change, parts);
  checkAudit(checks, read);
  if (read.boundary === 'same user') {
    checks.unknown(
      'boundary',
      'the keep ran under --seat-belt: the agent’s user could have done whatever the keep did',
    );
  } else if (request !== undefined) {
    checks.unknown('boundary', 'the keep says that it ran as a user of its own; no document of a request has that');
  } else {
    checks.pass('boundary', 'the keep says that it ran as a user of its own, and that was signed');
  }
}

/** Every signed document that is in here for itself, and that none was spent twice. */
async function checkDecisions(checks: Checks, parts: SignatureParts): Promise<void> {
  const nonces = new Map<string, string>();
  for (const { kind, subject, at, signature } of parts.bundle.decisions) {
    const what = `${kind} of ${subject}`;
    const proof = await proveSignature(signature, new Date(at), parts);
    if (proof.flaw !== undefined) checks.fail(what, proof.flaw);
    else if (proof.document.kind !== kind) checks.fail(what, `what was signed is to ${proof.document.kind}`);
    else if (subjectOf(proof.document) !== subject) checks.fail(what, 'what was signed is about something else');
    else checks.pass(what, `${proof.by.name} signed it`);
    if (proof.flaw !== undefined) continue;
    const known = nonces.get(proof.document.nonce);
    if (known !== undefined && known !== signature.document)
      checks.fail(what, 'its nonce was used for another document');
    nonces.set(proof.document.nonce, signature.document);
  }
}

function subjectOf(document: ReturnType<typeof signedDocument.parse>): string {
  switch (document.kind) {
    case 'approve':
    case 'break-glass':
      return document.set;
    case 'consent':
      return document.subject;
    case 'enrol':
    case 'revoke':
      return document.name;
    case 'adopt':
      return document.commit;
    case 'reject-policy':
    case 'unlock':
      return document.stack;
    case 'thaw':
      return document.frozenSince;
    case 'reveal':
    case 'write':
    case 'generate':
    case 'token':
      return document.request;
  }
}

function parse(json: string): Bundle | undefined {
  try {
    return bundle.safeParse(JSON.parse(json)).data;
  } catch {
    // Told as what it is: no bundle.
    return undefined;
  }
}

function partyOf(origin: string): RelyingParty | undefined {
  const url = URL.parse(origin);
  return url === null || url.origin === 'null' ? undefined : { origin: url.origin, id: url.hostname };
}
