import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { CastellanError, type JsonObject } from '../../kit/index.ts';
import { clusterError } from '../errors.ts';
import type { CredentialSource, TlsMaterial } from './credential.ts';
import type { Login } from './kubeconfig.ts';
import { queryOf, type ReadQuery } from './query.ts';
import { assertSucceeded } from './status.ts';
import { describeTarget, pathOf, type Review, reviewPath, type Target } from './target.ts';

/**
 * The one way to the API server. It sends two things: GET of a checked target, and POST of a question about the caller's
 * own rights. It follows no redirect, upgrades no connection, talks to one origin through one small pool, stops reading
 * at a ceiling and waiting at a deadline. Nothing else in Castellan opens a connection to a cluster.
 */
export interface Transport extends AsyncDisposable {
  read(target: Target, options: ReadOptions): Promise<JsonObject>;
  review(review: Review, spec: JsonObject, signal: AbortSignal): Promise<JsonObject>;
  /** The server's address, for an operator. */
  readonly server: string;
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  readonly query?: ReadQuery;
  readonly accept?: string;
}

export interface TransportOptions {
  readonly login: Login;
  readonly credential: CredentialSource;
  /** From the start of a request to the last byte of its answer. */
  readonly deadlineMs: number;
  /** Bytes one answer may have. */
  readonly ceilingBytes: number;
}

/** HTTP/1.1 connections: enough for a few tools at once, few enough that nobody notices Castellan on the API server. */
const connections = 4;

interface Outgoing {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly accept: string;
  readonly body?: string;
  readonly what: string;
  readonly signal: AbortSignal;
}

export function createTransport({ login, credential, deadlineMs, ceilingBytes }: TransportOptions): Transport {
  const { origin } = login.server;
  const prefix = login.server.pathname.replace(/\/$/, '');
  const pool = new PoolByCertificate(login);

  const send = async (outgoing: Outgoing): Promise<JsonObject> => {
    const deadline = AbortSignal.timeout(deadlineMs);
    const signal = AbortSignal.any([outgoing.signal, deadline]);
    try {
      const { tls, authorization } = await abortable(credential(), signal);
      const { statusCode, headers, body } = await pool.for(tls).request({
        origin,
        path: prefix + outgoing.path,
        method: outgoing.method,
        signal,
        headers: {
          accept: outgoing.accept,
          'user-agent': 'castellan',
          ...(outgoing.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(authorization === undefined ? {} : { authorization: authorization.reveal() }),
        },
        body: outgoing.body ?? null,
      });
      const bytes = await readUpTo(body, Number(headers['content-length'] ?? 0), ceilingBytes, outgoing.what);
      assertSucceeded(statusCode, { what: outgoing.what, body: bytes, retryAfter: headers['retry-after'] });
      return parseObject(bytes, outgoing.what);
    } catch (cause) {
      throw explain(cause, { ...outgoing, deadline, deadlineMs, origin });
    }
  };

  return {
    server: origin + prefix,
    read: async (target, { signal, query = {}, accept = 'application/json' }) =>
      send({ method: 'GET', path: pathOf(target) + queryOf(query), accept, what: describeTarget(target), signal }),
    review: async (review, spec, signal) =>
      send({
        method: 'POST',
        path: reviewPath(review),
        accept: 'application/json',
        body: JSON.stringify({ spec }),
        what: `ask about its own rights (${review})`,
        signal,
      }),
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

/** One pool of connections; a new one only when the certificates it was opened with have changed. */
class PoolByCertificate {
  readonly #login: Login;
  #open: { readonly tls: TlsMaterial; readonly dispatcher: Dispatcher } | undefined;

  constructor(login: Login) {
    this.#login = login;
  }

  for(tls: TlsMaterial): Dispatcher {
    if (this.#open?.tls === tls) return this.#open.dispatcher;
    const outdated = this.#open;
    this.#open = { tls, dispatcher: dispatcherFor(this.#login, tls) };
    // Requests still running on the old certificates finish first; closing has nobody left to tell of a failure.
    outdated?.dispatcher.close().catch(() => undefined);
    return this.#open.dispatcher;
  }

  async close(): Promise<void> {
    await this.#open?.dispatcher.destroy();
    this.#open = undefined;
  }
}

function dispatcherFor(login: Login, tls: TlsMaterial): Dispatcher {
  const secure = {
    ...tls,
    ...(login.serverName === undefined ? {} : { servername: login.serverName }),
    // Said, because an environment variable of Node's would otherwise decide.
    rejectUnauthorized: true,
  };
  const options = { connections, pipelining: 1, allowH2: false, keepAliveTimeout: 30_000 };
  if (login.proxy === undefined) {
    return new Agent({ ...options, connect: { ...secure, keepAlive: true, keepAliveInitialDelay: 30_000 } });
  }
  if (/^https?:\/\//.test(login.proxy)) return new ProxyAgent({ ...options, uri: login.proxy, requestTls: secure });
  throw clusterError('cluster-config-invalid', {
    message: `the context ${login.context} names a proxy that is neither http:// nor https://`,
    next: 'use an HTTP proxy in proxy-url, or none',
  });
}

/** A credential plugin has no deadline of its own. */
async function abortable<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([stopped.promise, work]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Leaving the loop by an error destroys the stream, so the rest is never received. */
async function readUpTo(
  body: AsyncIterable<Uint8Array>,
  announced: number,
  ceiling: number,
  what: string,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > ceiling || announced > ceiling) {
      throw clusterError('cluster-answer-too-large', {
        message: `to ${what} takes more than ${ceiling} bytes`,
        next: 'narrow with namespace or selector',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function parseObject(bytes: Buffer, what: string): JsonObject {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch (cause) {
    throw unreadable(what, cause);
  }
  throw unreadable(what);
}

function unreadable(what: string, cause?: unknown): Error {
  return clusterError('cluster-answer-unreadable', {
    message: `the answer to ${what} was not a JSON object`,
    next: 'check that the kubeconfig names an API server and not something in front of it',
    ...(cause === undefined ? {} : { cause }),
  });
}

interface Failed extends Outgoing {
  readonly deadline: AbortSignal;
  readonly deadlineMs: number;
  readonly origin: string;
}

/** A driver's text may hold an address, a header or worse: it goes along as `cause` only. */
function explain(cause: unknown, failed: Failed): unknown {
  if (cause instanceof CastellanError) return cause;
  if (failed.signal.aborted) return failed.signal.reason;
  if (failed.deadline.aborted) {
    return clusterError('cluster-deadline', {
      message: `to ${failed.what} took longer than ${failed.deadlineMs / 1000} s`,
      next: 'narrow with namespace or selector, or call again',
      cause,
    });
  }
  const reason = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : '';
  return clusterError('cluster-unreachable', {
    message: `the API server at ${failed.origin} could not be reached${reason}`,
    next: 'ask the operator to check that the cluster runs and that `castellan doctor` reaches it',
    cause,
  });
}
