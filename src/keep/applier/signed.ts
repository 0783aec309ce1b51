import { type ChangeDocument, digestOf, type Signature, signedDocument } from '../../change/document/documents.ts';
import type { StoreLog } from '../../store/log.ts';
import type { Approvers, Verified } from '../approvers/port.ts';
import { parseQuietly } from '../planner/quiet-json.ts';
import { type Flaw, forged, halted, moved, wordsOf } from './flaw.ts';

/**
 * Who signed for exactly this change document, proved anew. A row of the database is nobody's word: only what a signature holds
 * is listened to.
 */
export type Approval = Verified<'approve'> | Verified<'break-glass'>;

interface SignedBy {
  readonly approvals: readonly Approval[];
  readonly flaws: readonly Flaw[];
}

interface SignatureRules {
  readonly approvers: Pick<Approvers, 'verify' | 'isSpent'>;
  /** Risks for which two people are asked. */
  readonly twoPeople: readonly ChangeDocument['risk']['level'][];
  readonly now: () => Date;
  readonly log: Pick<StoreLog, 'warn'>;
}

export async function proveSignatures(
  document: ChangeDocument,
  signatures: readonly Signature[],
  rules: SignatureRules,
): Promise<SignedBy> {
  const flaws: Flaw[] = [];
  const approvals: Approval[] = [];
  if (rules.approvers.isSpent(spendingOf(document))) {
    flaws.push(forged('nonce: this attempt of the change was applied before, or begun'));
  }
  for (const signature of signatures) {
    const kind = kindOf(signature);
    if (kind === undefined) {
      flaws.push(forged('signature: it is over a document of another kind than approve or break-glass'));
      continue;
    }
    try {
      const approval: Approval =
        kind === 'approve'
          ? await rules.approvers.verify(signature, 'approve')
          : await rules.approvers.verify(signature, 'break-glass');
      approvals.push(approval);
      flaws.push(...flawsOf(document, approval, rules));
    } catch (error) {
      rules.log.warn({ err: error, change: document.change }, 'apply.refused');
      flaws.push(forged(`signature: ${wordsOf(error)}`));
    }
  }
  if (approvals.length > 0) flaws.push(...peopleMissing(document, approvals, rules.twoPeople));
  else if (flaws.length === 0) flaws.push(forged('signature: nobody signed this'));
  return { approvals, flaws };
}

function flawsOf(
  document: ChangeDocument,
  { document: signed }: Approval,
  { approvers, now }: SignatureRules,
): readonly Flaw[] {
  const digest = digestOf(document);
  const named = signed.documents.filter(({ change }) => change === document.change);
  return [
    ...(signed.set === document.set ? [] : [forged('set: what was signed is of another set')]),
    ...(named.length === 1 && named[0]?.sha256 === digest
      ? []
      : [forged('document: what was signed names another document for this change, or none')]),
    ...(approvers.isSpent(signed.nonce) ? [] : [forged('nonce: the signature was never accepted by this keep')]),
    ...outOfTime(signed, now()),
  ];
}

function outOfTime({ expiresAt, issuedAt }: Approval['document'], now: Date): readonly Flaw[] {
  const until = Date.parse(expiresAt);
  if (!(until > now.getTime())) return [moved(`expiry: what was signed was good until ${expiresAt}`)];
  // Clocks of one machine: whoever signs from tomorrow on signs for longer than anybody may.
  return Date.parse(issuedAt) > now.getTime() + 60_000 ? [forged('expiry: what was signed is from the future')] : [];
}

function peopleMissing(
  { risk }: ChangeDocument,
  approvals: readonly Approval[],
  twoPeople: readonly ChangeDocument['risk']['level'][],
): readonly Flaw[] {
  const brokenGlass = approvals.some(({ document }) => document.kind === 'break-glass');
  const people = new Set(approvals.map(({ approver }) => approver.name));
  const keys = new Set(approvals.map(({ approver }) => approver.approval.id));
  const count = Math.min(people.size, keys.size);
  if (brokenGlass) return [];
  if (risk.level === 'deny') return [forged('risk: policy denies this, and only a break-glass signature applies it')];
  return twoPeople.includes(risk.level) && count < 2
    ? [forged(`signature: risk ${risk.level} asks for two people, and one signed`)]
    : [];
}

function kindOf(signature: Signature): 'approve' | 'break-glass' | undefined {
  const read = signedDocument.safeParse(parseQuietly(signature.document)).data;
  return read?.kind === 'approve' || read?.kind === 'break-glass' ? read.kind : undefined;
}

/** What the applier itself writes down as spent: the database cannot take it back. */
export function spendingOf({ change, attempt }: Pick<ChangeDocument, 'change' | 'attempt'>): string {
  return `apply:${change}:${attempt}`;
}

/** Asked again right before the engine starts: what comes before it takes its time. */
export function anyOutOfTime(approvals: readonly Approval[], now: Date): readonly Flaw[] {
  return approvals.length === 0
    ? [halted('signature: nobody signed this')]
    : approvals.flatMap(({ document }) => outOfTime(document, now));
}
