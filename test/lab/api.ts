import { readFileSync } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import type { Lab } from './lab.ts';

/**
 * The API server, asked as the lab's admin without a kubectl for each request: for the many small writes of those whose part
 * the lab plays (operators, provisioners).
 */
export interface Api extends Disposable {
  get(path: string, accept?: string): Promise<unknown>;
  /** What is no JSON: a log. */
  text(path: string): Promise<string>;
  /** `manager` is who the server writes down as having done it. */
  create(path: string, object: object, manager?: string): Promise<void>;
  /** Merges into the object. */
  patch(path: string, change: object, manager?: string): Promise<void>;
}

export function openApi(lab: Lab): Api {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 8,
    ca: readFileSync(lab.pki('ca.crt')),
    cert: readFileSync(lab.pki('admin.crt')),
    key: readFileSync(lab.pki('admin.key')),
  });
  const send = (method: string, path: string, headers: OutgoingHttpHeaders, body?: object): Promise<string> =>
    new Promise((resolve, reject) => {
      const call = request(`${lab.server}${path}`, { method, agent, headers, signal: lab.signal }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          if ((response.statusCode ?? 0) < 300) resolve(text);
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text.slice(0, 300)}`));
        });
      });
      call.on('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  return {
    get: async (path, accept = 'application/json') => JSON.parse(await send('GET', path, { accept })),
    text: (path) => send('GET', path, { accept: '*/*' }),
    create: async (path, object, manager = 'lab') => {
      await send('POST', `${path}?fieldManager=${manager}`, { 'content-type': 'application/json' }, object);
    },
    patch: async (path, change, manager = 'lab') => {
      await send(
        'PATCH',
        `${path}?fieldManager=${manager}`,
        { 'content-type': 'application/merge-patch+json' },
        change,
      );
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}
