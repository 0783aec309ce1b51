import { z } from 'zod';
import { changeView } from '../../change/wire/change.ts';
import { keepState } from '../../change/wire/protocol.ts';
import { runView } from '../../change/wire/run.ts';
import { requestId, requestView } from '../../change/wire/secret.ts';
import { stackView } from '../../change/wire/stacks.ts';
import { changePage } from './page.ts';

/**
 * What the console's page and the keep say to each other: JSON over HTTP, same origin only. The session is a header
 * (`authorization: Castellan <token>`), so nothing another page sends carries it. All times are ISO 8601.
 *
 *  GET  /api/hello                       → hello            anybody
 *  POST /api/login/options               → loginOptions     anybody
 *  POST /api/login        loginAnswer    → session          a login passkey
 *  POST /api/logout                      → {}
 *  POST /api/enrol/begin  enrolBegin     → enrolOptions     the one-time code of root, or an approver's session
 *  POST /api/enrol        enrolAnswer    → enrolled         as above; root's command writes it down, or an approver signs it
 *  GET  /api/overview                    → overview         from here on: a session
 *  GET  /api/sets/:id                    → setPage
 *  POST /api/sets/:id/reject {words}     → overview
 *  POST /api/changes/:id/revert {}       → {set}
 *  POST /api/foreign/seen {stack, at}    → {}
 *  POST /api/documents    subject        → draft            the document to sign
 *  POST /api/documents/sign signature    → taken
 *  GET  /api/requests/:id                → requestPage
 *  POST /api/requests/:id/reject {words} → overview
 *  POST /api/requests/:id/reveal signature → revealed       once, no-store, never in the page's HTML
 *  POST /api/requests/:id/write typing   → requestView
 *  POST /api/requests/:id/generate signature → requestView
 *  POST /api/requests/:id/lease signature → leased          once, no-store
 *  GET  /api/history?limit=              → history
 *  GET  /api/audit?limit=                → auditPage
 *  GET  /api/stacks                      → stacks
 *  GET  /api/approvers                   → approversPage
 *
 * An error is `{error: {code, message, next}}` with a status of 4xx or 5xx.
 */
const time = z.string();
const base64url = z.string();

export const apiError = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), next: z.string() }),
});

export const hello = z.strictObject({
  version: z.string(),
  boundary: keepState.shape.boundary,
  rpId: z.string(),
  /** False until root enrolled the first one. */
  hasApprovers: z.boolean(),
});
export type Hello = z.output<typeof hello>;

/** What `PublicKeyCredential.parseRequestOptionsFromJSON` takes. */
export const requestOptions = z.strictObject({
  challenge: base64url,
  rpId: z.string(),
  timeout: z.int(),
  userVerification: z.literal('required'),
  allowCredentials: z.array(z.strictObject({ type: z.literal('public-key'), id: base64url })),
});
export type RequestOptions = z.output<typeof requestOptions>;

export const loginOptions = z.strictObject({ options: requestOptions });
/** `credential.toJSON()` of an assertion, as much of it as is read. */
export const assertionAnswer = z.object({
  id: base64url,
  response: z.object({ clientDataJSON: base64url, authenticatorData: base64url, signature: base64url }),
});
export type AssertionAnswer = z.output<typeof assertionAnswer>;
export const loginAnswer = z.strictObject({ challenge: base64url, assertion: assertionAnswer });
export const session = z.strictObject({ token: z.string(), name: z.string(), expiresAt: time });
export type Session = z.output<typeof session>;

export const enrolBegin = z.strictObject({ code: z.string().max(80).optional(), name: z.string().min(1).max(60) });
/** What `PublicKeyCredential.parseCreationOptionsFromJSON` takes; passed through as the library makes it. */
const creationOptions = z.looseObject({ challenge: base64url });
export const enrolOptions = z.strictObject({ ticket: z.string(), approval: creationOptions, login: creationOptions });
export type EnrolOptions = z.output<typeof enrolOptions>;
/** `credential.toJSON()` of a registration. */
const registrationAnswer = z.looseObject({ id: base64url });
export const enrolAnswer = z.strictObject({
  ticket: z.string(),
  approval: registrationAnswer,
  login: registrationAnswer,
});
/** `waiting-for-root`: the command that gave the code finishes it. `to-sign`: an approver signs `enrol` with this subject. */
export const enrolled = z.strictObject({
  name: z.string(),
  fingerprint: z.string(),
  next: z.enum(['waiting-for-root', 'to-sign']),
  subject: z.unknown().optional(),
});
export type Enrolled = z.output<typeof enrolled>;

const waiting = z.strictObject({
  set: z.string(),
  changes: z.array(changeView),
});
export const overview = z.strictObject({
  keep: keepState,
  me: z.string(),
  /** Sets that wait for a human, the most urgent first. */
  waiting: z.array(waiting),
  /** Plan runs that wait for consent. */
  runs: z.array(runView),
  /** Sets that go on by themselves, or queue. */
  underWay: z.array(waiting),
  /** What went wrong and is not over: interrupted applies, failed expectations and landings. */
  troubled: z.array(waiting),
  leases: z.array(z.strictObject({ stack: z.string(), change: z.string(), since: time })),
  /** Of secrets, that wait for a human. */
  requests: z.array(requestView),
});
export type Overview = z.output<typeof overview>;

export const setPage = z.strictObject({
  set: z.string(),
  changes: z.array(
    z.strictObject({
      view: changeView,
      page: changePage.optional(),
      documentSha256: z.string().optional(),
      /** Of an apply that began. */
      steps: z.array(z.strictObject({ step: z.string(), at: time })),
    }),
  ),
  /** What a human may do now, in the order of the buttons. */
  may: z.array(z.enum(['approve', 'break-glass', 'consent', 'reject', 'reject-policy', 'revert', 'unlock'])),
  /** To be typed before a critical set can be approved. */
  typed: z.string().optional(),
  /** Signatures that are needed, and those that are there. */
  signatures: z.strictObject({ needed: z.int(), by: z.array(z.string()) }),
});
export type SetPage = z.output<typeof setPage>;

export const rejection = z.strictObject({ words: z.string().min(1).max(2_000) });
export const reverting = z.strictObject({ set: z.string() });
export const foreignSeen = z.strictObject({ stack: z.string().min(1).max(200), at: z.iso.datetime() });

/** What the page shows as `typed`, as the human typed it; without it a critical set is not drafted. */
const typed = z.string().max(300).optional();

/** What a document is asked for: `Subject` of the decisions. */
export const subject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('approve'), set: z.string(), typed }),
  z.strictObject({ kind: z.literal('break-glass'), set: z.string(), why: z.string().min(10).max(1_000), typed }),
  z.strictObject({ kind: z.literal('consent'), id: z.string() }),
  z.strictObject({ kind: z.literal('adopt'), commit: z.string() }),
  z.strictObject({ kind: z.literal('reject-policy'), change: z.string(), days: z.int().min(1).max(365) }),
  z.strictObject({
    kind: z.literal('enrol'),
    name: z.string().min(1).max(60),
    approval: z.strictObject({ id: base64url, publicKey: base64url }),
    login: z.strictObject({ id: base64url, publicKey: base64url }),
  }),
  z.strictObject({ kind: z.literal('revoke'), name: z.string() }),
  z.strictObject({ kind: z.literal('unlock'), stack: z.string() }),
  z.strictObject({ kind: z.literal('thaw') }),
  z.strictObject({ kind: z.enum(['reveal', 'generate', 'token']), request: requestId }),
  /** SHA-256 over 32 random bytes and the value's UTF-8, hex. */
  z.strictObject({ kind: z.literal('write'), request: requestId, commitment: z.string().regex(/^[0-9a-f]{64}$/) }),
]);
export const draft = z.strictObject({ document: z.string(), sha256: z.string(), options: requestOptions });
export type Draft = z.output<typeof draft>;
export const signing = z.strictObject({ document: z.string().max(200_000), assertion: assertionAnswer });
export const taken = z.strictObject({ kind: z.string(), subject: z.string(), outcome: z.string() });
export type Taken = z.output<typeof taken>;

export const requestPage = z.strictObject({
  request: requestView,
  /** What a human may do now. */
  may: z.array(z.enum(['reveal', 'write', 'generate', 'token', 'reject'])),
  /** Of the secret as it is now: names of its keys, its version. Absent: Vault did not say, and why. */
  secret: z.strictObject({ keys: z.array(z.string()), version: z.int(), changedAt: time.optional() }).optional(),
  why: z.string().optional(),
  /** What stands in the way or should be looked at, in sentences. */
  warnings: z.array(z.string()),
});
export type RequestPage = z.output<typeof requestPage>;
export const revealed = z.strictObject({ request: requestView, value: z.string() });
export type Revealed = z.output<typeof revealed>;
export const leased = z.strictObject({ request: requestView, kubeconfig: z.string() });
export type Leased = z.output<typeof leased>;
export const typing = z.strictObject({
  ...signing.shape,
  value: z.string().min(1).max(65_536),
  /** base64url of the 32 random bytes. */
  salt: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

export const history = z.strictObject({
  changes: z.array(changeView),
  decisions: z.array(z.strictObject({ kind: z.string(), subject: z.string(), approver: z.string(), at: time })),
});
export type History = z.output<typeof history>;

export const auditPage = z.strictObject({
  rows: z.array(
    z.strictObject({
      at: time,
      who: z.string(),
      what: z.string(),
      about: z.string(),
      outcome: z.string(),
      seq: z.int(),
    }),
  ),
  verified: z.enum(['pass', 'fail', 'unknown']),
});
export type AuditPage = z.output<typeof auditPage>;

export const stacks = z.strictObject({ stacks: z.array(stackView), foreign: keepState.shape.foreign });
export type Stacks = z.output<typeof stacks>;

export const approversPage = z.strictObject({
  approvers: z.array(z.strictObject({ name: z.string(), since: time, by: z.string(), fingerprint: z.string() })),
  problems: z.array(z.string()),
  /** Commits on the branch that nobody has adopted, newest first. */
  ahead: z.array(z.strictObject({ commit: z.string(), author: z.string(), at: time, subject: z.string() })),
});
export type ApproversPage = z.output<typeof approversPage>;
