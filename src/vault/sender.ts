import { Agent, type Dispatcher } from 'undici';
import type { Secret } from '../kit/index.ts';
import { vaultError } from './errors.ts';

/**
 * The one way to Vault. It talks to one origin and the peers that are configured, follows a standby's 307 there and nothing
 * else anywhere, stops reading at a ceiling, and asks no environment variable: neither for a proxy, nor whether certificates
 * count.
 */
export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Below the origin, encoded, with the query. */
  readonly target: string;
  /** For messages: what is asked. */
  readonly what: string;
  readonly body: string | undefined;
  readonly token: Secret | undefined;
  readonly wrapSeconds: number | undefined;
  readonly signal: AbortSignal;
}

export interface Received {
  readonly status: number;
  /** JSON; `notJson` for anything else; undefined where nothing was said. */
  readonly body: unknown;
  readonly retryAfterMs: number | undefined;
}

export const notJson = Symbol('not JSON');

export interface SenderOptions {
  readonly origin: string;
  readonly peers: readonly string[];
  /** The only authority that is trusted; undefined: those of the system. */
  readonly ca: Buffer | undefined;
  readonly namespace: string | undefined;
  readonly ceilingBytes?: number;
}

const mostHops = 3;
const defaultCeilingBytes = 4 * 1024 * 1024;

export class Sender implements AsyncDisposable {
  readonly origin: string;
  readonly #origins: ReadonlySet<string>;
  readonly #namespace: string | undefined;
  readonly #ceilingBytes: number;
  readonly #agent: Agent;

  constructor({ origin, peers, ca, namespace, ceilingBytes = defaultCeilingBytes }: SenderOptions) {
    this.origin = origin;
    this.#origins = new Set([origin, ...peers]);
    this.#namespace = namespace;
    this.#ceilingBytes = ceilingBytes;
    // rejectUnauthorized is said, because an environment variable of Node's would otherwise decide.
    const connect = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) };
    this.#agent = new Agent({ connections: 8, pipelining: 1, allowH2: false, keepAliveTimeout: 10_000, connect });
  }

  async send(outgoing: Outgoing): Promise<Received> {
    let origin = this.origin;
    for (let hop = 0; hop <= mostHops; hop += 1) {
      const answer = await this.#agent.request({
        origin,
        path: outgoing.target,
        method: outgoing.method,
        headers: this.#headersOf(outgoing),
        body: outgoing.body ?? null,
        signal: outgoing.signal,
      });
      if (answer.statusCode < 300 || answer.statusCode >= 400) return this.#receive(answer, outgoing.what);
      // An aborted stream says so as an error event, which nobody else listens for.
      answer.body.once('error', () => undefined).destroy();
      origin = this.#next(origin, answer, outgoing);
    }
    throw redirected(outgoing.what, `it was sent on more than ${mostHops} times`);
  }

  #headersOf({ method, body, token, wrapSeconds }: Outgoing): Record<string, string> {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    return {
      accept: 'application/json',
      'user-agent': 'castellan',
      'x-vault-request': 'true',
      ...(body === undefined ? {} : { 'content-type': type }),
      ...(this.#namespace === undefined ? {} : { 'x-vault-namespace': this.#namespace }),
      ...(wrapSeconds === undefined ? {} : { 'x-vault-wrap-ttl': `${wrapSeconds}s` }),
      ...(token === undefined ? {} : { 'x-vault-token': token.reveal() }),
    };
  }

  /** A standby sends to the leader, for the same path. Anything else could carry the token, or the question, astray. */
  #next(origin: string, { statusCode, headers }: Dispatcher.ResponseData, { target, what }: Outgoing): string {
    const { location } = headers;
    if (statusCode !== 307 && statusCode !== 308) throw redirected(what, `it was answered ${statusCode}`);
    const to = typeof location === 'string' ? URL.parse(location, origin) : null;
    if (to === null || to.username !== '' || to.password !== '' || !this.#origins.has(to.origin)) {
      throw redirected(what, 'it was sent to a host that is not among the peers');
    }
    if (to.pathname + to.search !== target || to.hash !== '') throw redirected(what, 'it was sent to another path');
    return to.origin;
  }

  async #receive({ statusCode, headers, body }: Dispatcher.ResponseData, what: string): Promise<Received> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    // Leaving the loop by an error destroys the stream, so the rest is never received.
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > this.#ceilingBytes) throw tooLarge(what, this.#ceilingBytes);
      chunks.push(chunk);
    }
    return {
      status: statusCode,
      body: parse(Buffer.concat(chunks, size).toString('utf8')),
      retryAfterMs: secondsOf(headers['retry-after']),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}

function parse(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, so only that it failed goes on.
    return notJson;
  }
}

function secondsOf(header: string | readonly string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,4}$/.test(header) ? Number(header) * 1_000 : undefined;
}

function tooLarge(what: string, ceiling: number): Error {
  return vaultError('vault-reply-invalid', {
    message: `the answer to ${what} has more than ${ceiling} bytes`,
    next: 'ask for less: one path instead of a folder',
  });
}

function redirected(what: string, why: string): Error {
  return vaultError('vault-redirected', {
    message: `${what} was not carried out: ${why}`,
    next: 'name the address of the active node in `vault.address`, or its nodes in `vault.peers`',
  });
}
