import { digestOf } from '../../change/document/documents.ts';
import { CastellanError } from '../../kit/index.ts';
import { flawOfPair } from '../approvers/passkey.ts';
import { conflictWith } from '../approvers/root-file.ts';
import type { BodyOf, DocumentBody } from './drafts.ts';
import { voidDecision } from './errors.ts';
import type { DecisionsOptions } from './options.ts';
import type { Subject } from './port.ts';

const dayMs = 24 * 3_600_000;

/**
 * What there is to sign about the subject, as it is now. `at`: when its document was written, which is the only time in it that is
 * not the world's. Errors: `decision-void`, those of whom it is about.
 */
export async function bodyOf(subject: Subject, parts: DecisionsOptions, at: Date): Promise<DocumentBody> {
  switch (subject.kind) {
    case 'approve':
      return { kind: 'approve', ...(await setOf(subject, parts)) };
    case 'break-glass':
      return { kind: 'break-glass', ...(await setOf(subject, parts)), why: subject.why };
    case 'consent':
      return consentTo(subject.id, parts);
    case 'adopt':
      return adopting(subject.commit, parts);
    case 'reject-policy':
      return rejecting(subject, parts, at);
    case 'enrol':
      return enrolling(subject, parts);
    case 'revoke':
      if (parts.approvers.list().every(({ name }) => name !== subject.name)) {
        throw voidDecision('no approver has that name');
      }
      return { kind: 'revoke', name: subject.name };
    case 'unlock':
      return unlocking(subject.stack, parts);
    case 'thaw':
      return thawing(parts);
    case 'reveal':
    case 'write':
    case 'generate':
    case 'token':
      return parts.secrets.bodyOf(subject);
  }
}

async function setOf(
  { kind, set }: Extract<Subject, { kind: 'approve' | 'break-glass' }>,
  { changes, auditHeads }: DecisionsOptions,
) {
  const documents = await changes.documentsOf(set, kind);
  return {
    set,
    documents: documents.map((document) => ({ change: document.change, sha256: digestOf(document) })),
    audit: await auditHeads(),
  };
}

async function consentTo(id: string, { changes, runs }: DecisionsOptions): Promise<BodyOf<'consent'>> {
  const parts = id.startsWith('run_') ? runs.consentOf(id) : await changes.consentOf(id);
  if (parts === undefined) throw voidDecision('it does not wait for consent');
  const { tree, diffSha256, profileSha256, digest } = parts;
  return { kind: 'consent', subject: id, tree, diffSha256, profileSha256, digest };
}

async function adopting(
  commit: string,
  { repository, branch }: Pick<DecisionsOptions, 'repository' | 'branch'>,
): Promise<BodyOf<'adopt'>> {
  const { git } = repository;
  const { id: previous } = await repository.base();
  if (commit === previous) throw voidDecision('that commit is the trusted base already');
  const next = 'push it and wait a minute for the fetch; a commit is adopted with all between it and the trusted base';
  try {
    // What is to be adopted was pushed a moment ago, as often as not.
    await repository.fetch('now');
    await git.commit(commit);
    // The base itself may be on no branch: what was landed on top of commits that nobody had adopted.
    if (!(await git.isAncestor(await repository.adopted(), commit))) {
      throw voidDecision('the commit does not descend from the trusted base', next);
    }
    if (!(await git.isAncestor(commit, await git.resolve(branch)))) {
      throw voidDecision(`the commit is not on the branch ${branch}`, next);
    }
  } catch (error) {
    if (!(error instanceof CastellanError) || error.code === 'decision-void') throw error;
    throw voidDecision(`the commit cannot be looked at: ${error.message}`, next);
  }
  return { kind: 'adopt', commit, previous };
}

async function rejecting(
  { change, days }: Extract<Subject, { kind: 'reject-policy' }>,
  { journal }: DecisionsOptions,
  at: Date,
): Promise<BodyOf<'reject-policy'>> {
  const stored = await journal.changes.get(change);
  if (stored === undefined) throw voidDecision('there is no such change');
  const until = new Date(at.getTime() + days * dayMs).toISOString();
  return { kind: 'reject-policy', stack: stored.view.stack, diffSha256: stored.facts.diffSha256, until };
}

function enrolling(
  { name, approval, login }: Extract<Subject, { kind: 'enrol' }>,
  { approvers }: DecisionsOptions,
): BodyOf<'enrol'> {
  const flaw = flawOfPair({ approval, login }) ?? conflictWith({ name, approval, login }, approvers.list());
  if (flaw !== undefined) throw voidDecision(`they cannot be enrolled: ${flaw}`, 'register two new passkeys');
  return {
    kind: 'enrol',
    name,
    approval: { id: approval.id, publicKey: approval.publicKey },
    login: { id: login.id, publicKey: login.publicKey },
  };
}

async function unlocking(stack: string, { journal }: Pick<DecisionsOptions, 'journal'>): Promise<BodyOf<'unlock'>> {
  const lease = (await journal.leases.all()).find((one) => one.stack === stack);
  if (lease === undefined) throw voidDecision('no change holds the stack');
  const holder = await journal.changes.get(lease.change);
  if (holder?.view.state !== 'interrupted') {
    throw voidDecision(`the change that holds the stack is not interrupted: it is ${holder?.view.state ?? 'unknown'}`);
  }
  return { kind: 'unlock', stack, change: lease.change };
}

async function thawing({ freeze }: DecisionsOptions): Promise<BodyOf<'thaw'>> {
  const { since, dropped, why } = await freeze.look();
  if (since === undefined) throw voidDecision('nothing is frozen');
  if (dropped) {
    throw voidDecision(
      `it would freeze again at once: ${why ?? 'the freeze folder is not empty'}`,
      'empty the freeze folder',
    );
  }
  return { kind: 'thaw', frozenSince: since.toISOString() };
}
