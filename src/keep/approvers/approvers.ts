import { join } from 'node:path';
import type { DocumentKind, DocumentOf, Signature, SignedDocument } from '../../change/document/documents.ts';
import { createTurns } from '../../store/turns.ts';
import type { Owners } from '../config/ownership.ts';
import type { KeepConfig } from '../config/valid.ts';
import type { DecisionTable } from '../journal/decision-table.ts';
import { flawOfAssertion } from './assertion.ts';
import { approvalRefused, approverError } from './errors.ts';
import { flawOfPair } from './passkey.ts';
import type { Approvers, RelyingParty, TakenDocuments, Verified } from './port.ts';
import { conflictWith, readRootApprovers } from './root-file.ts';
import { proveSigned, proveTaken, type Roster, readRoster, spendingOf } from './roster.ts';
import { readSignedText } from './signed-text.ts';
import { openSpent, type Spent } from './spent.ts';

export interface ApproversOptions {
  readonly config: Pick<KeepConfig, 'file' | 'stateDirectory'>;
  /** Whose `approvers.json` counts: root's, and under the seat belt the keep's user's. */
  readonly owners: Owners;
  readonly rp: RelyingParty;
  readonly keepId: string;
  readonly decisions: Pick<DecisionTable, 'ofKind' | 'latest'>;
  readonly now: () => Date;
}

export async function openApprovers(options: ApproversOptions): Promise<Approvers & TakenDocuments> {
  const { config, owners, rp, keepId, decisions, now } = options;
  const spent = openSpent({
    file: join(config.stateDirectory, 'spent'),
    expected: (await decisions.latest(1)).length > 0,
  });
  const parts = { spent, rp, keepId };
  const turns = createTurns();
  const read = async (): Promise<Roster> =>
    readRoster(
      readRootApprovers(config.file, owners),
      { enrolled: await decisions.ofKind('enrol'), revoked: await decisions.ofKind('revoke') },
      parts,
    );
  let roster = await read();

  const verify = async <Kind extends DocumentKind>(signature: Signature, kind: Kind): Promise<Verified<Kind>> => {
    assertUsable(spent);
    const document = readSignedText(signature.document, kind);
    const approver = await proveSigned(signature, document, {
      ...parts,
      at: now(),
      members: roster.list(),
      isRevoked: roster.isRevoked,
    });
    return { approver, document };
  };

  /** What cannot be done is refused before its signature is spent. Gives the passkeys that it revokes. */
  const assertPossible = (document: SignedDocument): readonly string[] => {
    if (document.kind === 'enrol') assertEnrollable(document, roster);
    return document.kind === 'revoke' ? passkeysOf(document, roster) : [];
  };

  return {
    list: () => (spent.problem === undefined ? roster.list() : []),
    problems: () => [...(spent.problem === undefined ? [] : [spent.problem]), ...roster.problems],
    verify,
    verifyTaken: async (signature, kind) => {
      assertUsable(spent);
      return proveTaken(signature, kind, { ...parts, membersAt: roster.membersAt });
    },
    accept: async (signature, kind) => {
      const verified = await verify(signature, kind);
      const revoked = assertPossible(verified.document);
      // Nothing waits from here on: of two that come together, one finds it spent.
      if (roster.isRevoked(verified.approver.approval.id)) throw approvalRefused('its approver was revoked');
      spent.add({
        nonce: verified.document.nonce,
        what: spendingOf(verified.document),
        at: now().toISOString(),
        ...(revoked.length === 0 ? {} : { revoked }),
      });
      return verified;
    },
    isSpent: spent.has,
    spend: (nonce, what) => spent.add({ nonce, what, at: now().toISOString() }),
    verifyLogin: async (assertion, challenge) => {
      assertUsable(spent);
      const members = roster.list();
      const approver = members.find(({ login }) => login.id === assertion.credential);
      if (approver === undefined) {
        const signs = members.some(({ approval }) => approval.id === assertion.credential);
        throw loginRefused(signs ? 'it is the one that signs documents' : 'no approver has it');
      }
      const flaw = await flawOfAssertion(assertion, { challenge, passkey: approver.login, rp });
      if (flaw !== undefined) throw loginRefused(flaw);
      return approver;
    },
    reload: () =>
      turns.take(async () => {
        roster = await read();
      }),
  };
}

function assertUsable({ problem }: Spent): void {
  if (problem === undefined) return;
  throw approverError('approvers-unusable', {
    message: `no signature is taken: ${problem}`,
    next: 'stop the keep, find out why, put the file back from a backup, and start it again',
  });
}

function assertEnrollable(document: DocumentOf<'enrol'>, roster: Roster): void {
  const flaw = flawOfPair(document) ?? conflictWith(document, roster.list());
  if (flaw !== undefined) throw approvalRefused(flaw);
  if (roster.isRevoked(document.approval.id) || roster.isRevoked(document.login.id)) {
    throw approvalRefused('a passkey of it was revoked; it takes new ones');
  }
}

function passkeysOf({ name }: DocumentOf<'revoke'>, roster: Roster): readonly string[] {
  const approver = roster.list().find((one) => one.name === name);
  if (approver === undefined) throw approvalRefused('there is no approver of that name to revoke');
  return [approver.approval.id, approver.login.id];
}

function loginRefused(reason: string): Error {
  return approverError('login-refused', {
    message: `the login is not taken: ${reason}`,
    next: 'log in with the passkey that was made for it',
  });
}
