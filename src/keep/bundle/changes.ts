import { digestOf, type Signature } from '../../change/document/documents.ts';
import type { BundledChange } from './bundle.ts';
import type { Checks } from './checks.ts';
import { flawOfStanding, proveSignature, type SignatureParts } from './people.ts';

/** The states in which something of the plan may have been carried out. */
const applied: ReadonlySet<string> = new Set([
  'applying',
  'applied',
  'partially-applied',
  'failed-clean',
  'interrupted',
  'verified',
  'failed-expectation',
  'landing-failed',
  'landed',
  'superseded',
]);
const signedStates: ReadonlySet<string> = new Set([...applied, 'approved']);

/** One change: that its document was signed, by whom, in time, and that what the keep says of it goes together. */
export async function checkChange(checks: Checks, change: BundledChange, parts: SignatureParts): Promise<void> {
  const { id, stack, state } = change;
  const isSigned = change.state === 'superseded' ? change.apply !== null : signedStates.has(state);
  checks.proved(
    `${id} document`,
    flawOfDocument(change, parts, isSigned),
    `it binds ${stack}, attempt ${change.attempt}`,
  );
  const signers = await checkSignatures(checks, change, parts, isSigned);
  const named = [...new Set(signers)].sort().join(', ');
  if (named !== [...new Set(change.approvedBy)].sort().join(', ')) {
    checks.fail(
      `${id} approvers`,
      `the keep names ${change.approvedBy.join(', ') || 'nobody'}, and ${named || 'nobody'} signed`,
    );
  }
  checks.proved(`${id} order`, flawOfOrder(change), 'its times follow one another');
  checkOutcome(checks, change);
}

function flawOfDocument(change: BundledChange, { bundle }: SignatureParts, isSigned: boolean): string | undefined {
  const { document, apply } = change;
  if (document === null) return isSigned || apply !== null ? 'it has none, and went on' : undefined;
  if (document.change !== change.id || document.set !== bundle.set) return 'it is of another change';
  if (document.stack !== change.stack) return 'it is of another stack';
  if (document.attempt !== change.attempt) return 'it is of another attempt';
  return document.boundary === bundle.boundary ? undefined : 'it was made under another boundary than the bundle says';
}

async function checkSignatures(
  checks: Checks,
  change: BundledChange,
  parts: SignatureParts,
  isSigned: boolean,
): Promise<readonly string[]> {
  const { id, document, signatures } = change;
  if (signatures.length === 0) {
    if (isSigned) checks.fail(`${id} signature`, 'nobody signed it, and it went on');
    return [];
  }
  const signers: string[] = [];
  let broken = false;
  const digest = document === null ? '' : digestOf(document);
  for (const signature of signatures) {
    const flawless = await flawOfApproval(signature, change, digest, parts);
    if ('flaw' in flawless) checks.fail(`${id} signature`, flawless.flaw);
    else {
      signers.push(flawless.name);
      broken ||= flawless.breaksGlass;
      checks.pass(`${id} signature`, `${flawless.name} signed exactly this document, ${flawless.words}`);
    }
  }
  if (broken !== change.brokenGlass) checks.fail(`${id} signature`, 'whether glass was broken is told in two ways');
  return signers;
}

async function flawOfApproval(
  signature: Signature,
  change: BundledChange,
  digest: string,
  parts: SignatureParts,
): Promise<
  { readonly flaw: string } | { readonly name: string; readonly words: string; readonly breaksGlass: boolean }
> {
  const taken = parts.bundle.decisions.find((decision) => decision.signature.document === signature.document);
  const at = taken === undefined ? undefined : new Date(taken.at);
  const proof = await proveSignature(signature, at, parts);
  if (proof.flaw !== undefined) return { flaw: proof.flaw };
  const { document, by } = proof;
  if (document.kind !== 'approve' && document.kind !== 'break-glass')
    return { flaw: `it is a document to ${document.kind}` };
  if (document.set !== parts.bundle.set) return { flaw: 'it approves another set' };
  if (!document.documents.some((one) => one.change === change.id && one.sha256 === digest)) {
    return { flaw: 'it approves another document of this change' };
  }
  const standing = await flawOfStanding(by, at ?? new Date(document.issuedAt), parts);
  if (standing !== undefined) return { flaw: standing };
  const { apply } = change;
  if (apply !== null && new Date(apply.startedAt) >= new Date(document.expiresAt)) {
    return { flaw: 'it had expired when the apply began' };
  }
  if (apply !== null && new Date(apply.startedAt) < new Date(document.issuedAt)) {
    return { flaw: 'the apply began before it was issued' };
  }
  const breaksGlass = document.kind === 'break-glass';
  return { name: by.name, words: `${breaksGlass ? 'breaking glass, ' : ''}${document.issuedAt}`, breaksGlass };
}

function flawOfOrder({ createdAt, changedAt, steps, apply, expected }: BundledChange): string | undefined {
  const times = [['it was proposed', createdAt], ...steps.map(({ step, at }) => [`step ${step}`, at])] as const;
  for (const [index, [what = '', at = '']] of times.entries()) {
    const [earlier = '', before = at] = times[index - 1] ?? [];
    if (!(Date.parse(at) >= Date.parse(before))) return `${what} comes before ${earlier}`;
  }
  if (apply !== null && !(Date.parse(apply.startedAt) >= Date.parse(createdAt)))
    return 'the apply began before the proposal';
  if (apply?.endedAt !== undefined && Date.parse(apply.endedAt) < Date.parse(apply.startedAt)) {
    return 'the apply ended before it began';
  }
  if (expected.some(({ at }) => !(Date.parse(at) >= Date.parse(apply?.startedAt ?? createdAt)))) {
    return 'a result is older than the apply';
  }
  return Date.parse(changedAt) >= Date.parse(createdAt) ? undefined : 'it changed before it was proposed';
}

/** What the keep says came of it: its word, but it has to go together. */
function checkOutcome(checks: Checks, { id, state, apply, expected, document, landedAs }: BundledChange): void {
  const what = `${id} outcome`;
  if (apply === null) {
    const begun = applied.has(state) && state !== 'applying' && state !== 'superseded';
    if (begun) checks.fail(what, `it is ${state}, and there is no report of an apply`);
    else checks.unknown(what, `it is ${state}, says the keep; nothing of it was applied`);
    return;
  }
  const whole = state === 'verified' || state === 'landed' || state === 'landing-failed';
  const flaw = whole ? flawOfSuccess(apply, expected, document?.expect.length ?? 0) : undefined;
  if (flaw !== undefined) checks.fail(what, `it is ${state}, and ${flaw}`);
  else {
    const counts = `${apply.done.length} done, ${apply.failed.length} failed, ${apply.unknown.length} unknown`;
    checks.unknown(what, `${state}: ${counts}, says the keep; the state and the cluster tell whether it is so`);
  }
  if ((state === 'landed') !== (landedAs !== null)) checks.fail(what, 'whether it is landed is told in two ways');
  if (landedAs === null) return;
  const signed = document?.repository.commit;
  if (landedAs === signed) checks.pass(`${id} commit`, `what is landed is the commit that was signed, ${signed}`);
  else
    checks.unknown(
      `${id} commit`,
      `landed as ${landedAs}: compare with git diff what it changes with ${signed}, which was signed`,
    );
}

function flawOfSuccess(
  apply: NonNullable<BundledChange['apply']>,
  expected: BundledChange['expected'],
  expectations: number,
): string | undefined {
  if (apply.failed.length + apply.unknown.length > 0) return 'not everything of it was done';
  if (apply.converged === false) return 'the plan after it was not empty';
  if (expected.length !== expectations) return 'not everything that was expected has a result';
  return expected.some(({ result }) => result !== 'pass') ? 'something that was expected does not hold' : undefined;
}
