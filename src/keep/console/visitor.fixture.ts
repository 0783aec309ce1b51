import { type ClientRequest, request } from 'node:http';
import { z } from 'zod';
import type { Signature } from '../../change/document/documents.ts';
import type { SoftApprover } from '../approvers/authenticator.fixture.ts';
import { draft, loginOptions, session } from './api.ts';

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Of an error. */
  readonly code: string | undefined;
}

export interface Asking {
  readonly method?: string;
  /** Sent as JSON; a string, or bytes, as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that are left out. */
  readonly without?: readonly string[];
}

const errorShape = z.object({ error: z.object({ code: z.string() }) });

/** A browser that has the console's page open, as far as its requests go. */
export interface Visitor {
  token: string | undefined;
  get(path: string, asking?: Asking): Promise<Answer>;
  post(path: string, body: unknown, asking?: Asking): Promise<Answer>;
  /** Logs in, and keeps the token. */
  login(approver: SoftApprover): Promise<Answer>;
  /** Asks for a document and signs it. */
  sign(subject: object, approver: SoftApprover): Promise<Answer>;
  draft(subject: object): Promise<{ document: string; challenge: string }>;
}

export const origin = 'http://castellan.localhost:8790';

export function visit(port: number): Visitor {
  const ask = (path: string, { method = 'GET', body, headers = {}, without = [] }: Asking): Promise<Answer> => {
    const isPost = method === 'POST';
    const all: Record<string, string> = {
      host: new URL(origin).host,
      'sec-fetch-site': 'same-origin',
      ...(isPost ? { origin, 'content-type': 'application/json' } : {}),
      ...(visitor.token === undefined ? {} : { authorization: `Castellan ${visitor.token}` }),
      ...headers,
    };
    for (const name of without) delete all[name];
    const sent = request({ host: '127.0.0.1', port, path, method, headers: all, agent: false });
    sent.end(
      body === undefined ? undefined : typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body),
    );
    return answerOf(sent);
  };
  const visitor: Visitor = {
    token: undefined,
    get: (path, asking = {}) => ask(path, asking),
    post: (path, body, asking = {}) => ask(path, { method: 'POST', body, ...asking }),
    login: async (approver) => {
      const { options } = loginOptions.parse(JSON.parse((await visitor.post('/api/login/options', {})).text));
      const answer = await visitor.post('/api/login', {
        challenge: options.challenge,
        assertion: assertionOf(approver.login.assert(options.challenge)),
      });
      if (answer.status === 200) visitor.token = session.parse(JSON.parse(answer.text)).token;
      return answer;
    },
    draft: async (subject) => {
      const answer = await visitor.post('/api/documents', subject);
      if (answer.status !== 200) throw new Error(`no draft: ${answer.text}`);
      const { document, options } = draft.parse(JSON.parse(answer.text));
      return { document, challenge: options.challenge };
    },
    sign: async (subject, approver) => {
      const { document, challenge } = await visitor.draft(subject);
      return visitor.post('/api/documents/sign', {
        document,
        assertion: assertionOf(approver.approval.assert(challenge)),
      });
    },
  };
  return visitor;
}

/** As a browser gives it. */
export function assertionOf({ credential, ...response }: Signature['assertion']) {
  return { id: credential, response };
}

export function answerOf(sent: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, code: codeOf(text) });
      });
    });
  });
}

function codeOf(text: string): string | undefined {
  try {
    return errorShape.safeParse(JSON.parse(text)).data?.error.code;
  } catch {
    // A page, a script: it is no error.
    return undefined;
  }
}
