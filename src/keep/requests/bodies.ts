import type { SignedDocument } from '../../change/document/documents.ts';
import type { RequestView } from '../../change/wire/secret.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import { approvalRefused } from '../approvers/errors.ts';
import type { BodyOf } from '../decisions/drafts.ts';
import { voidDecision } from '../decisions/errors.ts';
import type { SecretKind, SecretSubject } from '../decisions/port.ts';
import type { RequestBoard } from './board.ts';
import { requestError, requestOver } from './errors.ts';
import type { Sights } from './sights.ts';

export type SecretDocument = Extract<SignedDocument, { kind: SecretKind }>;

/** What a document about this request says, for whatever value: its row and nothing else. */
function bodyFor(view: RequestView, subject: SecretSubject): BodyOf<SecretKind> {
  const body = bodyIfAny(view, subject);
  if (body !== undefined) return body;
  throw voidDecision(
    `the request is for a ${view.wish.kind}, and not for a ${subject.kind}`,
    'open the request, and sign there',
  );
}

function bodyIfAny(view: RequestView, subject: SecretSubject): BodyOf<SecretKind> | undefined {
  const { wish, id: request } = view;
  if (wish.kind === 'lease') {
    if (subject.kind !== 'token') return undefined;
    const { role, namespace, minutes, clusterWide } = wish;
    return { kind: 'token', request, role, namespace, minutes, clusterWide };
  }
  const { mount, path, key } = wish.of;
  const { version = 0 } = view;
  if (wish.kind === 'reveal' && subject.kind === 'reveal') {
    return { kind: 'reveal', request, mount, path, key, version };
  }
  if (wish.kind === 'write' && subject.kind === 'write') {
    return { kind: 'write', request, mount, path, key, version, commitment: subject.commitment };
  }
  if (wish.kind === 'generate' && subject.kind === 'generate') {
    const { length, alphabet } = wish;
    return { kind: 'generate', request, mount, path, key, version, length, alphabet };
  }
  return undefined;
}

/** Whether a document says exactly what the request does. */
export function says(document: SecretDocument, view: RequestView): boolean {
  const { v: _v, keep: _k, nonce: _n, issuedAt: _i, expiresAt: _e, approver: _a, ...body } = document;
  const asked = bodyIfAny(view, document);
  return asked !== undefined && canonicalJson(asked) === canonicalJson(body);
}

/**
 * That the row still says what was signed, to the letter, and waits. Whoever can write the database can change what a page shows, and
 * not what is done. Errors: `request-not-found`, `request-over`, `approval-refused`.
 */
export async function assertSays(document: SecretDocument, board: Pick<RequestBoard, 'get'>): Promise<RequestView> {
  const view = await board.get(document.request);
  if (view.state !== 'waiting') throw requestOver(view.id, view.state);
  if (says(document, view)) return view;
  throw approvalRefused('the request says something else by now than what was signed');
}

export interface BodyParts {
  readonly board: RequestBoard;
  readonly sights: Sights | undefined;
}

/** What there is to sign now. A request whose secret moved can never be done as it was asked: it is over. */
export async function secretBody(subject: SecretSubject, { board, sights }: BodyParts): Promise<BodyOf<SecretKind>> {
  const view = await board.get(subject.request);
  if (view.state !== 'waiting') throw requestOver(view.id, view.state);
  const body = bodyFor(view, subject);
  if (sights === undefined) throw noVault();
  const moved = await sights.moved(view);
  if (moved !== undefined) {
    await board.move('waiting', { ...view, state: 'failed', why: moved });
    throw secretMoved(view.id, moved);
  }
  return body;
}

export function secretMoved(id: string, why: string): Error {
  return requestError('request-moved', {
    message: `${id} is not done: ${why}`,
    next: 'ask for it anew, as the secret is now',
  });
}

export function noVault(): Error {
  return requestError('request-not-possible', {
    message: 'this keep has no Vault: nothing of secrets can be asked of it',
    next: 'an operator sets `vault:` in keep.yaml; castellan vault policy prints what its token may do',
  });
}
