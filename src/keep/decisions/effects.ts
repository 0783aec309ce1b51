import type { DocumentKind, Signature, SignedDocument } from '../../change/document/documents.ts';
import type { Approver, Verified } from '../approvers/port.ts';
import { voidDecision } from './errors.ts';
import type { DecisionsOptions } from './options.ts';
import type { SecretKind } from './port.ts';

/**
 * Does what a document says that was proved, spent and written down, and tells in a sentence what came of it. What only stands
 * in the journal (consent, adopt, reject-policy) is done by whoever asks the authority from here on.
 */
export async function carryOut(
  verified: Verified<Exclude<DocumentKind, SecretKind>>,
  signature: Signature,
  parts: DecisionsOptions,
): Promise<string> {
  const { approvers, authority, changes, journal, freeze, repository } = parts;
  const { approver, document } = verified;
  switch (document.kind) {
    case 'approve':
      return approved(await changes.approve(document.set, { approver, document }, signature));
    case 'break-glass':
      return `${approved(await changes.approve(document.set, { approver, document }, signature))}, over what the rules say`;
    case 'consent':
      await authority.refresh();
      changes.consented();
      return 'it goes on to be planned';
    case 'adopt': {
      await authority.refresh();
      const { id } = await repository.base();
      if (id !== document.commit) throw voidDecision(`the trusted base is still ${id}`);
      return 'it is the trusted base';
    }
    case 'reject-policy':
      await authority.refresh();
      return `proposals of this diff on ${document.stack} are refused until ${document.until}`;
    case 'enrol':
      await approversMoved(parts);
      if (!isListed(document, approvers.list())) throw voidDecision(`${document.name} is no approver after it`);
      return `${document.name} is an approver`;
    case 'revoke':
      await approversMoved(parts);
      return `${document.name} is no approver any more`;
    case 'unlock':
      await journal.leases.giveBack(document.stack, document.change);
      return `${document.stack} is free; the change stays interrupted`;
    case 'thaw': {
      await authority.refresh();
      const { since } = await freeze.look();
      if (since !== undefined) throw voidDecision('it is frozen again');
      return 'nothing is frozen any more';
    }
  }
}

/** What former approvers signed is proved against who was one then, which has to be read first. */
async function approversMoved({ approvers, authority }: DecisionsOptions): Promise<void> {
  await approvers.reload();
  await authority.refresh();
}

function isListed({ name, approval }: Extract<SignedDocument, { kind: 'enrol' }>, list: readonly Approver[]): boolean {
  return list.some((one) => one.name === name && one.approval.id === approval.id);
}

function approved(views: Awaited<ReturnType<DecisionsOptions['changes']['approve']>>): string {
  const waiting = views.some(({ state }) => state === 'awaiting-approval' || state === 'denied');
  return waiting ? 'one more approver has to sign it' : `${views.length} change(s) are approved, to be applied`;
}
