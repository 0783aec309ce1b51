import { request as httpRequest } from 'node:http';
import type { z } from 'zod';
import { createSoftApprover, type SoftApprover } from '../../../src/keep/approvers/authenticator.fixture.ts';
import type { RelyingParty } from '../../../src/keep/approvers/port.ts';
import * as api from '../../../src/keep/console/api.ts';

/** A human at the console, without a browser: the same requests, signed by passkeys in software. */
export interface Human {
  readonly name: string;
  overview(): Promise<api.Overview>;
  page(set: string): Promise<api.SetPage>;
  /** Asks for the document and signs it. */
  sign(subject: z.input<typeof api.subject>): Promise<api.Taken>;
  reject(set: string, words: string): Promise<void>;
  revert(change: string): Promise<string>;
  get(path: string): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** One request to a console of loopback, whatever name its origin has. */
export function askConsole(
  { origin }: Pick<RelyingParty, 'origin'>,
  method: 'GET' | 'POST',
  path: string,
  { body, token }: { readonly body?: object; readonly token?: string } = {},
): Promise<Reply> {
  const { host, port } = new URL(origin);
  const text = body === undefined ? '' : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: {
          host,
          ...(method === 'POST'
            ? { origin, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
            : {}),
          ...(token === undefined ? {} : { authorization: `Castellan ${token}` }),
        },
      },
      (response) => {
        let said = '';
        response.on('data', (chunk) => {
          said += String(chunk);
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parsed(said) }));
      },
    );
    request.on('error', reject);
    request.end(text);
  });
}

/** Logs in with the login passkey of this approver. */
export async function logIn(rp: RelyingParty, { name, login, approval }: SoftApprover): Promise<Human> {
  const ask = async (method: 'GET' | 'POST', path: string, body?: object, token?: string): Promise<unknown> => {
    const reply = await askConsole(rp, method, path, {
      ...(body === undefined ? {} : { body }),
      ...(token === undefined ? {} : { token }),
    });
    if (reply.status !== 200) {
      const { error } = api.apiError.parse(reply.body);
      throw new Error(`${error.code}: ${error.message}`);
    }
    return reply.body;
  };
  const { options } = api.loginOptions.parse(await ask('POST', '/api/login/options', {}));
  const { credential, ...response } = login.assert(options.challenge);
  const body = { challenge: options.challenge, assertion: { id: credential, response } };
  const { token } = api.session.parse(await ask('POST', '/api/login', body));
  const get = (path: string): Promise<unknown> => ask('GET', path, undefined, token);
  const post = (path: string, what: object): Promise<unknown> => ask('POST', path, what, token);
  return {
    name,
    get,
    post,
    overview: async () => api.overview.parse(await get('/api/overview')),
    page: async (set) => api.setPage.parse(await get(`/api/sets/${set}`)),
    sign: async (subject) => {
      const draft = api.draft.parse(await post('/api/documents', subject));
      const { credential: id, ...signed } = approval.assert(draft.options.challenge);
      const answer = { document: draft.document, assertion: { id, response: signed } };
      return api.taken.parse(await post('/api/documents/sign', answer));
    },
    reject: async (set, words) => {
      await post(`/api/sets/${set}/reject`, { words });
    },
    revert: async (change) => String(Reflect.get(Object(await post(`/api/changes/${change}/revert`, {})), 'set')),
  };
}

/** What root's `approvers.json` says of them. */
export function rootsList(approvers: readonly SoftApprover[]): string {
  return JSON.stringify({
    v: 1,
    approvers: approvers.map(({ approver: { name, approval, login, since } }) => ({
      name,
      since: since.toISOString(),
      approval,
      login,
    })),
  });
}

export { createSoftApprover };

function parsed(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text);
}
