import { randomBytes } from 'node:crypto';
import { type Signature, type SignedDocument, signedDocument } from '../../change/document/documents.ts';
import { CastellanError } from '../../kit/index.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import { createTurns } from '../../store/turns.ts';
import type { Approver } from '../approvers/port.ts';
import { signWithinMs } from '../approvers/signed-text.ts';
import { bodyOf } from './body.ts';
import type { DocumentBody, Draft } from './drafts.ts';
import { carryOut } from './effects.ts';
import { decisionError, voidDecision } from './errors.ts';
import type { DecisionsOptions } from './options.ts';
import { type Decisions, type DecisionView, isSecretKind } from './port.ts';

/** Policy is overruled for now, not for a day, whatever an approval may take to begin. */
const glassMinutes = 60;

export function openDecisions(options: DecisionsOptions): Decisions {
  const { approvers, decisions, drafts, now } = options;
  /** What one decision does may be what another is about. */
  const turns = createTurns();

  /** Nothing is signed for what has moved while its human read it. */
  const assertStill = async ({ subject, body, at }: Draft): Promise<void> => {
    const still = await bodyOf(subject, options, at);
    if (canonicalJson(withoutAudit(still)) === canonicalJson(withoutAudit(body))) return;
    throw voidDecision('what the document says moved since it was written', 'read what waits now, and sign that');
  };

  const take: Decisions['take'] = async (signature) => {
    const draft = drafts.find(signature.document);
    const { kind, nonce } = draft.document;
    if (isSecretKind(kind)) throw elsewhere(kind);
    await assertStill(draft);
    const verified = await approvers.accept(signature, kind);
    drafts.forget(signature.document);
    const about = aboutOf(verified.document);
    const approver = verified.approver.name;
    try {
      await decisions.add({ nonce, kind, subject: about, at: now(), signature }, approver);
      const outcome = await carryOut(verified, signature, options);
      return { kind, subject: about, approver, outcome };
    } catch (error) {
      throw notDone(kind, error);
    }
  };

  return {
    draft: async (subject, approver) => {
      const at = now();
      const body = await bodyOf(subject, options, at);
      const document = signedDocument.parse({ ...body, ...envelope(approver, body, at, options) });
      drafts.keep({ document, subject, body, at });
      return document;
    },
    take: (signature) => turns.take(() => take(signature)),
    latest: async (limit) => {
      const views = await Promise.all((await decisions.latest(limit)).map((row) => viewOf(row.signature, row.kind)));
      return views.filter((view) => view !== undefined);
    },
  };

  /** A row that proves nothing is not told as a decision; the authority tells that it is there. */
  async function viewOf(signature: Signature, kind: SignedDocument['kind']): Promise<DecisionView | undefined> {
    try {
      const { document, approver, at } = await approvers.verifyTaken(signature, kind);
      return { kind, subject: aboutOf(document), approver: approver.name, at };
    } catch (error) {
      if (error instanceof CastellanError) return undefined;
      throw error;
    }
  }
}

function envelope(
  approver: Approver,
  { kind }: DocumentBody,
  at: Date,
  { keepId, approval }: Pick<DecisionsOptions, 'keepId' | 'approval'>,
) {
  const approves = kind === 'approve' || kind === 'break-glass';
  const minutes = kind === 'break-glass' ? Math.min(approval.minutes, glassMinutes) : approval.minutes;
  const goodForMs = approves ? minutes * 60_000 : signWithinMs;
  return {
    v: 1,
    keep: keepId,
    nonce: randomBytes(32).toString('base64url'),
    issuedAt: at.toISOString(),
    expiresAt: new Date(at.getTime() + goodForMs).toISOString(),
    approver: { name: approver.name, credential: approver.approval.id },
  };
}

/** The audit goes on while somebody reads; that its heads moved changes nothing of what is decided. */
function withoutAudit(body: DocumentBody): object {
  return { ...body, audit: undefined };
}

/** What the row, the audit and the history say it is about. */
function aboutOf(document: SignedDocument): string {
  switch (document.kind) {
    case 'approve':
    case 'break-glass':
      return document.set;
    case 'consent':
      return document.subject;
    case 'adopt':
      return document.commit;
    case 'reject-policy':
    case 'unlock':
      return document.stack;
    case 'enrol':
    case 'revoke':
      return document.name;
    case 'thaw':
      return document.frozenSince;
    case 'reveal':
    case 'write':
    case 'generate':
    case 'token':
      return document.request;
  }
}

/** A sentence is no answer to these: who asked for a value is given it, or types it, where the request is. */
function elsewhere(kind: SignedDocument['kind']): Error {
  return decisionError('decision-elsewhere', {
    message: `a signature to ${kind} is taken at its request, and nowhere else; nothing of it is spent`,
    next: 'open the request in the console and sign there',
  });
}

function notDone(kind: SignedDocument['kind'], error: unknown): Error {
  const why = error instanceof CastellanError ? error.message : 'this is a fault of Castellan; its log has more';
  return decisionError('decision-not-done', {
    message: `the signature to ${kind} was taken and is spent, but what it says was not done: ${why}`,
    next: 'look at what waits now; if it is still to be done, sign it anew',
    cause: error,
  });
}
