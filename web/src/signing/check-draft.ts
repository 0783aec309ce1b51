import type { RequestView } from '../../../src/change/wire/secret.ts';
import type { Draft, SetPage } from '../../../src/keep/console/api.ts';
import { versionOf } from '../request/words.ts';
import { Problem } from '../wire/problem.ts';
import { base64url, hex } from './bytes.ts';
import type { Subject } from './subject.ts';

/**
 * Looks at what the passkey would sign before it is asked: that the challenge is the SHA-256 of exactly this text, that the text is
 * a document of the kind and for the thing that was clicked, for whoever is logged in, and that it names what the page shows.
 * The keep proves all of it again; this is for the human, who sees the page and not the document.
 */
export interface Shown {
  /** Name of whoever is logged in. */
  readonly who: string;
  /** What is on the screen, where a set is decided. */
  readonly page?: SetPage;
  /** Digest the page shows beside what would be consented to. */
  readonly consent?: string | undefined;
  /** What is on the screen, where a request is decided. */
  readonly request?: RequestView;
}

export interface CheckedDraft {
  readonly sha256: string;
  readonly kind: string;
  readonly expiresAt: string;
}

export async function checkDraft(draft: Draft, subject: Subject, shown: Shown, now: Date): Promise<CheckedDraft> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(draft.document)));
  if (hex(digest) !== draft.sha256) refuse('its text is not what its digest says');
  if (base64url(digest) !== draft.options.challenge) refuse('the passkey would sign something else than this document');
  if (draft.options.userVerification !== 'required') refuse('the passkey would not ask who you are');

  const document = readDocument(draft.document);
  const { kind, approver, expiresAt } = document;
  if (kind !== subject.kind) refuse('it is a document of another kind');
  if (!isRecord(approver) || approver['name'] !== shown.who) refuse('it is written for another approver');
  const allowed = draft.options.allowCredentials.map(({ id }) => id);
  if (allowed.length !== 1 || allowed[0] !== approver['credential']) refuse('it is written for another passkey');
  if (typeof expiresAt !== 'string' || !(Date.parse(expiresAt) > now.getTime())) refuse('it has expired');
  if (!isAbout(document, subject, shown)) refuse('it is about something else than the page shows');
  return { sha256: draft.sha256, kind: subject.kind, expiresAt };
}

function isAbout(document: Readonly<Record<string, unknown>>, subject: Subject, shown: Shown): boolean {
  switch (subject.kind) {
    case 'approve':
      return document['set'] === subject.set && namesWhatIsShown(document['documents'], subject, shown.page);
    case 'break-glass':
      return (
        document['set'] === subject.set &&
        document['why'] === subject.why &&
        namesWhatIsShown(document['documents'], subject, shown.page)
      );
    case 'consent':
      return document['subject'] === subject.id && shown.consent !== undefined && document['digest'] === shown.consent;
    case 'adopt':
      return document['commit'] === subject.commit;
    case 'reject-policy':
      return (
        shown.page?.changes.some(({ view }) => view.id === subject.change && view.stack === document['stack']) ?? false
      );
    case 'enrol':
      return (
        document['name'] === subject.name &&
        isSamePasskey(document['approval'], subject.approval) &&
        isSamePasskey(document['login'], subject.login)
      );
    case 'revoke':
      return document['name'] === subject.name;
    case 'unlock':
      return document['stack'] === subject.stack;
    case 'thaw':
      return true;
    case 'reveal':
    case 'write':
    case 'generate':
    case 'token':
      return isAsked(document, subject, shown.request);
  }
}

/** Every change document it names is one the page shows, once; and every one that waits on the page is named. */
function namesWhatIsShown(documents: unknown, subject: Subject, page: SetPage | undefined): boolean {
  if (page === undefined || !Array.isArray(documents) || documents.length === 0) return false;
  const shownDigests = new Map(page.changes.map(({ view, documentSha256 }) => [view.id, documentSha256]));
  const named = new Set<unknown>();
  for (const entry of documents) {
    if (!isRecord(entry) || typeof entry['change'] !== 'string' || named.has(entry['change'])) return false;
    const digest = shownDigests.get(entry['change']);
    if (digest === undefined || digest !== entry['sha256']) return false;
    named.add(entry['change']);
  }
  const waits = subject.kind === 'break-glass' ? ['awaiting-approval', 'denied'] : ['awaiting-approval'];
  return page.changes.every(({ view }) => !waits.includes(view.state) || named.has(view.id));
}

/** The very secret, version and bounds that stand on the page: a document that says less is refused as one that says more. */
function isAsked(
  document: Readonly<Record<string, unknown>>,
  subject: Extract<Subject, { request: string }>,
  request: RequestView | undefined,
): boolean {
  if (request === undefined || request.id !== subject.request || document['request'] !== subject.request) return false;
  const { wish } = request;
  const says = (wanted: Readonly<Record<string, unknown>>): boolean =>
    Object.entries(wanted).every(([field, value]) => value !== undefined && document[field] === value);
  if (subject.kind === 'token') {
    if (wish.kind !== 'lease') return false;
    const { role, namespace, minutes, clusterWide } = wish;
    return says({ role, namespace, minutes, clusterWide });
  }
  if (wish.kind === 'lease' || wish.kind !== subject.kind) return false;
  const { mount, path, key } = wish.of;
  if (!says({ mount, path, key, version: versionOf(request) })) return false;
  if (subject.kind === 'write') return says({ commitment: subject.commitment });
  return wish.kind !== 'generate' || says({ length: wish.length, alphabet: wish.alphabet });
}

function isSamePasskey(value: unknown, passkey: { id: string; publicKey: string }): boolean {
  return isRecord(value) && value['id'] === passkey.id && value['publicKey'] === passkey.publicKey;
}

function readDocument(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  return refuse('it cannot be read');
}

function refuse(reason: string): never {
  throw new Problem(`The page does not let you sign this document: ${reason}.`, {
    code: 'document-refused',
    next: 'Reload the page and read it again. If it says so once more, the keep or the way to it is not what it should be.',
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
