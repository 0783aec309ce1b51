import type { RequestView } from '../../../src/change/wire/secret.ts';
import type {
  ApproversPage,
  AssertionAnswer,
  AuditPage,
  Draft,
  Enrolled,
  EnrolOptions,
  Hello,
  History,
  Leased,
  Overview,
  RequestOptions,
  RequestPage,
  Revealed,
  Session,
  SetPage,
  Stacks,
  Taken,
} from '../../../src/keep/console/api.ts';
import type { MadePasskey } from '../signing/passkey.ts';
import type { Subject } from '../signing/subject.ts';
import { Problem } from './problem.ts';
import type { SessionStore } from './session.ts';

/** A document, and the answer of a passkey to its digest. */
export interface Signed {
  readonly document: string;
  readonly assertion: AssertionAnswer;
}

/** The keep behind the page. Every call throws a `Problem`; one that says the session is over closes it first. */
export interface Keep {
  hello(): Promise<Hello>;
  loginOptions(): Promise<{ options: RequestOptions }>;
  login(challenge: string, assertion: AssertionAnswer): Promise<Session>;
  logout(): Promise<void>;
  beginEnrol(name: string, code: string | undefined): Promise<EnrolOptions>;
  enrol(ticket: string, approval: MadePasskey, login: MadePasskey): Promise<Enrolled>;
  overview(): Promise<Overview>;
  set(id: string): Promise<SetPage>;
  reject(set: string, words: string): Promise<Overview>;
  revert(change: string): Promise<{ set: string }>;
  foreignSeen(stack: string, at: string): Promise<void>;
  draft(subject: Subject): Promise<Draft>;
  sign(signed: Signed): Promise<Taken>;
  request(id: string): Promise<RequestPage>;
  rejectRequest(id: string, words: string): Promise<Overview>;
  /** The value comes once, and lies nowhere when this gave it. */
  reveal(id: string, signed: Signed): Promise<Revealed>;
  write(id: string, signed: Signed, typed: { value: string; salt: string }): Promise<RequestView>;
  generate(id: string, signed: Signed): Promise<RequestView>;
  lease(id: string, signed: Signed): Promise<Leased>;
  history(limit: number): Promise<History>;
  audit(limit: number): Promise<AuditPage>;
  stacks(): Promise<Stacks>;
  approvers(): Promise<ApproversPage>;
}

export type Fetch = (path: string, init: RequestInit) => Promise<Response>;

export function connectKeep(session: SessionStore, onSessionOver: () => void, send: Fetch): Keep {
  async function call<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    const token = session.current()?.token;
    const response = await reach(method, path, body, token);
    if (response.ok) return (await response.json()) as Answer;
    const problem = await problemIn(response);
    if (response.status === 401 && token !== undefined) {
      session.close();
      onSessionOver();
    }
    throw problem;
  }

  async function reach(method: string, path: string, body: unknown, token: string | undefined): Promise<Response> {
    const headers = new Headers({ accept: 'application/json' });
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (token !== undefined) headers.set('authorization', `Castellan ${token}`);
    try {
      return await send(path, {
        method,
        headers,
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        signal: AbortSignal.timeout(30_000),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw new Problem('The keep does not answer.', {
        code: 'keep-unreachable',
        next: 'See whether «castellan keep» runs.',
        cause,
      });
    }
  }

  const get = <Answer>(path: string): Promise<Answer> => call('GET', path);
  const post = <Answer>(path: string, body: unknown): Promise<Answer> => call('POST', path, body);

  const request = (id: string, deed = ''): string => `/api/requests/${encodeURIComponent(id)}${deed}`;

  return {
    hello: () => get('/api/hello'),
    loginOptions: () => post('/api/login/options', {}),
    login: (challenge, assertion) => post('/api/login', { challenge, assertion }),
    logout: async () => {
      await post('/api/logout', {});
    },
    beginEnrol: (name, code) => post('/api/enrol/begin', { name, ...(code === undefined ? {} : { code }) }),
    enrol: (ticket, approval, login) => post('/api/enrol', { ticket, approval, login }),
    overview: () => get('/api/overview'),
    set: (id) => get(`/api/sets/${encodeURIComponent(id)}`),
    reject: (set, words) => post(`/api/sets/${encodeURIComponent(set)}/reject`, { words }),
    revert: (change) => post(`/api/changes/${encodeURIComponent(change)}/revert`, {}),
    foreignSeen: async (stack, at) => {
      await post('/api/foreign/seen', { stack, at });
    },
    draft: (subject) => post('/api/documents', subject),
    sign: (signed) => post('/api/documents/sign', signed),
    request: (id) => get(request(id)),
    rejectRequest: (id, words) => post(request(id, '/reject'), { words }),
    reveal: (id, signed) => post(request(id, '/reveal'), signed),
    write: (id, signed, { value, salt }) => post(request(id, '/write'), { ...signed, value, salt }),
    generate: (id, signed) => post(request(id, '/generate'), signed),
    lease: (id, signed) => post(request(id, '/lease'), signed),
    history: (limit) => get(`/api/history?limit=${limit}`),
    audit: (limit) => get(`/api/audit?limit=${limit}`),
    stacks: () => get('/api/stacks'),
    approvers: () => get('/api/approvers'),
  };
}

async function problemIn(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error: { code: string; message: string; next: string } };
    return new Problem(error.message, { code: error.code, next: error.next });
  } catch (cause) {
    // A proxy's page, or half an answer: it is not shown, for nobody knows who wrote it.
    return new Problem(`The keep answered ${response.status} and nothing that can be read.`, {
      code: 'keep-unclear',
      next: 'See the log of «castellan keep».',
      cause,
    });
  }
}
