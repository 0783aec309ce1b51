import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** One request that came. Whether it had a token is told, and never which. */
export interface Seen {
  readonly method: string;
  /** Below /v1/, with its query. */
  readonly path: string;
  readonly withToken: boolean;
  /** It asks for a wrapped answer. */
  readonly wrapped: boolean;
}

/**
 *  hang    nothing comes
 *  drip    an answer that begins and never ends
 *  reset   the connection breaks
 *  answer  this, and nothing is asked of Vault
 *  hold    passed on, or its answer given back, when `until` is settled
 *  as is   `headers` are sent along
 */
export type Fault =
  | { readonly kind: 'hang' | 'drip' | 'reset' }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: object;
    }
  | { readonly kind: 'hold'; readonly what: 'request' | 'reply'; readonly until: Promise<unknown> }
  | { readonly kind: 'as is'; readonly headers: Readonly<Record<string, string>> };

/** Stands before a Vault, and does to its requests what it is told; otherwise it passes them. */
export interface FaultyProxy extends AsyncDisposable {
  readonly addr: string;
  /** Where it passes to. */
  target: string;
  fault: (seen: Seen) => Fault | undefined;
  readonly seen: Seen[];
  /** Resolves when a request like this came and its fault began. */
  came(what: (seen: Seen) => boolean): Promise<void>;
}

export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const waiting = new Set<{ readonly what: (seen: Seen) => boolean; readonly done: () => void }>();
  const server = createServer((request, response) => {
    request.on('error', () => response.destroy());
    response.on('error', () => request.destroy());
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const seen = seenOf(request);
      proxy.seen.push(seen);
      const tell = (): void => {
        for (const one of [...waiting]) {
          if (!one.what(seen)) continue;
          waiting.delete(one);
          one.done();
        }
      };
      handle({ request, response, body: Buffer.concat(chunks), target: proxy.target }, proxy.fault(seen), tell).catch(
        () => response.destroy(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultyProxy = {
    addr: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target,
    fault: () => undefined,
    seen: [],
    came: (what) =>
      new Promise((done) => {
        waiting.add({ what, done });
      }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

function seenOf({ method = '', url = '', headers }: IncomingMessage): Seen {
  return {
    method,
    path: url.replace(/^\/v1\//, ''),
    withToken: headers['x-vault-token'] !== undefined,
    wrapped: headers['x-vault-wrap-ttl'] !== undefined,
  };
}

interface Passing {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly target: string;
}

async function handle(passing: Passing, fault: Fault | undefined, tell: () => void): Promise<void> {
  const { response } = passing;
  switch (fault?.kind) {
    case 'hang':
      return tell();
    case 'drip': {
      tell();
      response.writeHead(200, { 'content-type': 'application/json' });
      // Ended by whoever gives up on it.
      while (!response.destroyed) {
        response.write(' ');
        await sleep(200);
      }
      return;
    }
    case 'reset':
      tell();
      passing.request.socket.resetAndDestroy();
      return;
    case 'answer':
      tell();
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      response.end(fault.body === undefined ? undefined : JSON.stringify(fault.body));
      return;
    case 'hold': {
      if (fault.what === 'request') {
        tell();
        await fault.until;
        return pass(passing);
      }
      return pass(passing, {}, async () => {
        tell();
        await fault.until;
      });
    }
    case 'as is':
      tell();
      return pass(passing, fault.headers);
    case undefined:
      tell();
      return pass(passing);
  }
}

function pass(
  { request, response, body, target }: Passing,
  more: Readonly<Record<string, string>> = {},
  before: () => Promise<void> = async () => undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const url = new URL(request.url ?? '/', target);
    const headers = { ...request.headers, ...more, host: url.host };
    const call = send(url, { method: request.method ?? 'GET', headers, agent: false });
    call.on('error', reject);
    call.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        before().then(() => {
          const { 'transfer-encoding': _, connection: __, ...plain } = answer.headers;
          response.writeHead(answer.statusCode ?? 502, plain);
          response.end(Buffer.concat(chunks));
          resolve();
        }, reject);
      });
    });
    call.end(body);
  });
}
