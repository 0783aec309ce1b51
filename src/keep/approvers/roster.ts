import { type DocumentKind, digestOf, type Signature, type SignedDocument } from '../../change/document/documents.ts';
import type { Decision } from '../journal/decision-table.ts';
import { flawOfAssertion } from './assertion.ts';
import { approvalRefused } from './errors.ts';
import { flawOfPair } from './passkey.ts';
import type { Approver, RelyingParty, TakenDocument } from './port.ts';
import { conflictWith, type RootApprovers } from './root-file.ts';
import { flawOfTimes, readSignedText } from './signed-text.ts';
import type { Spent } from './spent.ts';

/**
 * Who was an approver when. Time is the order of the spent file, which nobody but the keep writes and nothing is taken out of:
 *
 *  member   an approver from one place in that order to another; root's are there from the beginning
 *  enrol    a signed document of the journal whose nonce stands in the file, proved against the members of its place
 *  revoke   stands in the file itself: taking the row out of the journal brings nobody back
 */
export interface Roster {
  readonly problems: readonly string[];
  /** Who is one now. */
  list(): readonly Approver[];
  membersAt(place: number): readonly Approver[];
  isRevoked(credential: string): boolean;
}

interface Member {
  readonly approver: Approver;
  readonly from: number;
}

export interface RosterParts {
  readonly spent: Spent;
  readonly rp: RelyingParty;
  readonly keepId: string;
}

export async function readRoster(
  root: RootApprovers,
  decisions: { readonly enrolled: readonly Decision[]; readonly revoked: readonly Decision[] },
  parts: RosterParts,
): Promise<Roster> {
  const { spent } = parts;
  const problems = root.problem === undefined ? [] : [root.problem];
  const members: Member[] = root.approvers.map((approver) => ({ approver, from: -1 }));
  const rows = new Map(decisions.enrolled.map((decision) => [decision.nonce, decision]));

  /** From what is in the file by then: a revocation counts at once, wherever the reading is. */
  const revokedAt = (credential: string): number => {
    const place = spent.entries.findIndex(({ revoked }) => revoked?.includes(credential) === true);
    return place === -1 ? Number.POSITIVE_INFINITY : place;
  };
  const endOf = ({ approval, login }: Approver): number => Math.min(revokedAt(approval.id), revokedAt(login.id));
  const membersAt = (place: number): readonly Approver[] =>
    members.filter(({ approver, from }) => from < place && place <= endOf(approver)).map(({ approver }) => approver);

  for (const { approver } of members) {
    if (endOf(approver) < Number.POSITIVE_INFINITY) {
      problems.push(`approvers.json names ${approver.name}, who was revoked by a signature: it takes new passkeys`);
    }
  }
  // Not a fixed end: what is spent while this waits is read as well.
  for (let place = 0; place < spent.entries.length; place += 1) {
    const row = rows.get(spent.entries[place]?.nonce ?? '');
    if (row === undefined) continue;
    rows.delete(row.nonce);
    try {
      const { approver: by, document } = await proveTaken(row.signature, 'enrol', { ...parts, membersAt });
      if (document.nonce !== row.nonce) throw approvalRefused('its row is another document’s');
      const { name, approval, login } = document;
      const flaw = flawOfPair(document) ?? conflictWith(document, membersAt(place));
      if (flaw !== undefined) throw approvalRefused(flaw);
      const since = new Date(spent.entries[place]?.at ?? 0);
      members.push({ approver: { name, approval, login, since, by: by.name }, from: place });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      problems.push(`an enrolment in the journal does not count: ${error.message}`);
    }
  }
  for (const row of rows.values()) problems.push(notTaken(row));
  for (const row of decisions.revoked) if (spent.get(row.nonce) === undefined) problems.push(notTaken(row));

  return {
    problems,
    list: () => membersAt(spent.entries.length),
    membersAt,
    isRevoked: (credential) => revokedAt(credential) < Number.POSITIVE_INFINITY,
  };
}

function notTaken({ kind, at }: Decision): string {
  return `a document to ${kind} in the journal (${at.toISOString()}) does not count: this keep never took it`;
}

/** What stands in the spent file of a document. */
export function spendingOf(document: SignedDocument): string {
  return `${document.kind} ${digestOf(document)}`;
}

/**
 * Proves a document that was taken once: its nonce was spent on exactly it, and it was good, and its approver was one, at that
 * time. Errors: `approval-refused`.
 */
export async function proveTaken<Kind extends DocumentKind>(
  signature: Signature,
  kind: Kind,
  parts: RosterParts & Pick<Roster, 'membersAt'>,
): Promise<TakenDocument<Kind>> {
  const document = readSignedText(signature.document, kind);
  const taken = parts.spent.get(document.nonce);
  if (taken?.entry.what !== spendingOf(document)) throw approvalRefused('this keep never took it');
  const at = new Date(taken.entry.at);
  const approver = await proveSigned(signature, document, {
    ...parts,
    at,
    members: parts.membersAt(taken.index),
    // Who is none of these was not one then; whether they were revoked since is nothing to this.
    isRevoked: () => false,
  });
  return { approver, document, at, place: taken.index };
}

export interface SignedExpected extends Pick<RosterParts, 'rp' | 'keepId'> {
  readonly at: Date;
  readonly members: readonly Approver[];
  isRevoked(credential: string): boolean;
}

/** Proves that one of the members signed this document, good at that time. Errors: `approval-refused`. */
export async function proveSigned(
  signature: Signature,
  document: SignedDocument,
  { rp, keepId, at, members, isRevoked }: SignedExpected,
): Promise<Approver> {
  const { assertion } = signature;
  if (document.keep !== keepId) throw approvalRefused('the document is for another keep');
  const untimely = flawOfTimes(document, at);
  if (untimely !== undefined) throw approvalRefused(untimely);
  if (document.approver.credential !== assertion.credential) {
    throw approvalRefused('the document names another passkey than the one that signed it');
  }
  if (isRevoked(assertion.credential)) throw approvalRefused('its approver was revoked');
  if (members.some(({ login }) => login.id === assertion.credential)) {
    throw approvalRefused('it was signed with a passkey that logs in, which signs no documents');
  }
  const approver = members.find(({ approval }) => approval.id === assertion.credential);
  if (approver === undefined) throw approvalRefused('no approver has the passkey that signed it');
  if (document.approver.name !== approver.name) {
    throw approvalRefused('the document names another approver than the one whose passkey signed it');
  }
  const flaw = await flawOfAssertion(assertion, {
    challenge: Buffer.from(digestOf(document), 'hex').toString('base64url'),
    passkey: approver.approval,
    rp,
  });
  if (flaw !== undefined) throw approvalRefused(flaw);
  return approver;
}
