import { type ChangeDocument, digestOf, type Signature, signedDocument } from '../../change/document/documents.ts';
import type { Verified } from '../approvers/port.ts';
import type { StoredChange } from '../journal/change-table.ts';
import type { LeaseTable } from '../journal/lease-table.ts';
import type { Steps } from './board.ts';
import { shownDigest } from './document.ts';
import { changeError } from './errors.ts';
import type { ChangesOptions } from './options.ts';
import { readinessOf } from './sets.ts';

type SigningParts = Pick<ChangesOptions, 'config' | 'now'> & {
  readonly journal: { readonly leases: Pick<LeaseTable, 'take'> };
};
export type Approval = 'approve' | 'break-glass';

/** What a signature over the set names now, in order. Errors: `set-not-ready`. */
export function documentsIn(set: readonly StoredChange[], kind: Approval): readonly ChangeDocument[] {
  return signableOf(set, kind).map((change) => change.document);
}

interface Signable extends StoredChange {
  readonly document: ChangeDocument;
}

function signableOf(set: readonly StoredChange[], kind: Approval): readonly Signable[] {
  const { waiting, missing } = readinessOf(set, kind);
  if (missing !== undefined) throw notReady(missing);
  return waiting.map((change) => {
    const { view, facts } = change;
    const { document, page } = facts;
    if (document === undefined || document.attempt !== view.attempt) throw notReady(`${view.id} has no document`);
    // What is signed is what is shown: nothing of it may have changed since.
    if (document.shown !== shownDigest({ summary: view.summary, findings: view.findings, page })) {
      throw notReady(`what is shown of ${view.id} is not what its document says`);
    }
    return { ...change, document };
  });
}

/** Writes a proved signature down; with the last one that is needed the set is approved. Gives whether it is. */
export async function signSet(
  steps: Steps,
  set: readonly StoredChange[],
  { approver, document }: Verified<'approve'> | Verified<'break-glass'>,
  signed: Signature,
  parts: SigningParts,
): Promise<boolean> {
  const [first] = set;
  if (first === undefined || document.set !== first.view.set) throw outdated('it names another set');
  const waiting = signableOf(set, document.kind);
  const names = JSON.stringify(waiting.map((one) => ({ change: one.view.id, sha256: digestOf(one.document) })));
  if (JSON.stringify(document.documents.map(({ change, sha256 }) => ({ change, sha256 }))) !== names) {
    throw outdated('its changes were planned again, or others joined them');
  }
  const now = parts.now();
  if (Date.parse(document.expiresAt) <= now.getTime()) throw outdated('its time is over');
  const isGlass = document.kind === 'break-glass';
  const earlier = isGlass ? [] : validSignatures(waiting, now);
  if (earlier.some(({ name }) => name === approver.name)) {
    throw changeError('approver-same', {
      message: `${approver.name} signed it already: the second signature must be another person's`,
      next: 'ask another approver',
    });
  }
  if (isGlass) await retake(waiting, now, parts);
  const signatures = [...earlier.map(({ signature }) => signature), signed];
  const approvedBy = [...earlier.map(({ name }) => name), approver.name];
  for (const { view } of waiting) {
    await steps.note(view.id, { view: { approvedBy, brokenGlass: isGlass }, facts: { signatures } });
  }
  return approveSigned(steps, noted(waiting, signatures, isGlass), parts);
}

function noted(
  waiting: readonly StoredChange[],
  signatures: Signature[],
  brokenGlass: boolean,
): readonly StoredChange[] {
  return waiting.map(({ view, facts }) => ({ view: { ...view, brokenGlass }, facts: { ...facts, signatures } }));
}

/** Takes those whose signatures are all there to `approved`: at once, or after a keep that was killed between the two. */
export async function approveSigned(
  steps: Steps,
  waiting: readonly StoredChange[],
  { config, now }: Pick<SigningParts, 'config' | 'now'>,
): Promise<boolean> {
  const signatures = validSignatures(waiting, now());
  if (waiting.length === 0 || signatures.length < neededFor(waiting, config)) return false;
  const expiresAt = new Date(Math.min(...signatures.map(({ until }) => until))).toISOString();
  for (const { view } of waiting) await steps.move(view.id, 'approved', 'signature', { view: { expiresAt } });
  return true;
}

/** Two people where the most dangerous change of the set is of such a risk; never where the glass was broken. */
function neededFor(waiting: readonly StoredChange[], { approval }: Pick<ChangesOptions['config'], 'approval'>): 1 | 2 {
  if (waiting.some(({ view }) => view.brokenGlass)) return 1;
  const levels: readonly string[] = approval.twoPeople;
  return waiting.some(({ facts }) => levels.includes(facts.document?.risk.level ?? '')) ? 2 : 1;
}

interface Known {
  readonly name: string;
  readonly until: number;
  readonly signature: Signature;
}

/** Those whose time is not over, and that name every one of the changes as it is now: any other is one for something else. */
function validSignatures(waiting: readonly StoredChange[], now: Date): readonly Known[] {
  return (waiting[0]?.facts.signatures ?? []).flatMap((signature) => {
    const said = signedDocument.parse(JSON.parse(signature.document));
    if (said.kind !== 'approve' && said.kind !== 'break-glass') return [];
    const until = Date.parse(said.expiresAt);
    const isOfAll = waiting.every(({ view, facts: { document, signatures } }) => {
      const named = said.documents.find(({ change }) => change === view.id)?.sha256;
      const has = signatures.some((one) => one.document === signature.document);
      return has && document !== undefined && named === digestOf(document);
    });
    return isOfAll && until > now.getTime() ? [{ name: said.approver.name, until, signature }] : [];
  });
}

/** What policy denied has no stack any more. */
async function retake(waiting: readonly StoredChange[], now: Date, { journal }: SigningParts): Promise<void> {
  const holder = await journal.leases.take(
    waiting.map(({ view }) => ({ stack: view.stack, change: view.id, since: now })),
  );
  if (holder !== undefined) throw notReady(`${holder.change} has ${holder.stack} now`);
}

function notReady(why: string): Error {
  return changeError('set-not-ready', {
    message: `the set cannot be signed: ${why}`,
    next: 'look at its page again',
  });
}

function outdated(why: string): Error {
  return changeError('document-outdated', {
    message: `what was signed is not what waits: ${why}`,
    next: 'look at its page again, and sign what is there now',
  });
}
