import type { Dispatcher } from 'undici';
import { CastellanError, type JsonObject } from '../../kit/index.ts';
import { clusterError } from '../errors.ts';
import type { Credential, CredentialSource } from './credential.ts';
import type { Login } from './kubeconfig.ts';
import { PoolByCertificate } from './pool.ts';
import { type LogQuery, logQueryOf, queryOf, type ReadQuery, type WatchQuery, watchQueryOf } from './query.ts';
import { assertSucceeded } from './status.ts';
import { describeTarget, pathOf, type ResourceTarget, type Review, reviewPath, type Target } from './target.ts';

/**
 * The one way to the API server. It sends two things: GET of a checked target, and POST of a question about the caller's
 * own rights. It follows no redirect, upgrades no connection, talks to one origin through one small pool, stops reading
 * at a ceiling and waiting at a deadline. Nothing else in Castellan opens a connection to a cluster.
 */
export interface Transport extends AsyncDisposable {
  read(target: Target, options: ReadOptions): Promise<JsonObject>;
  /** The bytes of a container's log as they come. Leaving the loop ends the request. */
  log(pod: ResourceTarget, query: LogQuery, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** The bytes of a watch as they come, until the server's `timeoutSeconds` or the signal ends it. */
  watch(target: ResourceTarget, query: WatchQuery, signal: AbortSignal, accept?: string): AsyncIterable<Uint8Array>;
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

/** Connections for what ends soon: enough for a few tools at once, few enough that nobody notices Castellan on the API server. */
const readConnections = 4;

/** A watch holds its connection for minutes, so watches have a pool of their own: one a kind the chronicle follows, and waits. */
const watchConnections = 24;

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
  const reads = new PoolByCertificate(login, readConnections);
  const watches = new PoolByCertificate(login, watchConnections);

  const obtain = async (outgoing: Outgoing, signal: AbortSignal, refused?: Credential): Promise<Credential> => {
    try {
      return await abortable(credential(refused), signal);
    } catch (cause) {
      if (!signal.aborted || outgoing.signal.aborted) throw cause;
      throw clusterError('cluster-credential-failed', {
        message: `the user of context ${login.context} gave no credential in time to ${outgoing.what}`,
        next: 'check that the credential plugin or identity provider of the kubeconfig answers without asking anybody',
        cause,
      });
    }
  };

  /** A credential that was refused may have been replaced a moment ago: then, and only then, it is tried once more. */
  const request = async (pool: PoolByCertificate, outgoing: Outgoing, signal: AbortSignal) => {
    const first = await obtain(outgoing, signal);
    const response = await present(first, pool, outgoing, signal);
    if (response.statusCode !== 401) return response;
    const newer = await obtain(outgoing, signal, first).catch((cause: unknown) => {
      response.body.destroy();
      throw cause;
    });
    if (newer === first) return response;
    await response.body.dump();
    return present(newer, pool, outgoing, signal);
  };

  const present = async (
    { tls, authorization }: Credential,
    pool: PoolByCertificate,
    outgoing: Outgoing,
    signal: AbortSignal,
  ) =>
    pool.for(tls).request({
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

  const receive = async ({ statusCode, headers, body }: Dispatcher.ResponseData, what: string): Promise<Buffer> => {
    const bytes = await readUpTo(body, Number(headers['content-length'] ?? 0), ceilingBytes, what);
    assertSucceeded(statusCode, { what, body: bytes, retryAfter: headers['retry-after'] });
    return bytes;
  };

  const send = async (outgoing: Outgoing): Promise<JsonObject> => {
    const deadline = AbortSignal.timeout(deadlineMs);
    const signal = AbortSignal.any([outgoing.signal, deadline]);
    try {
      return parseObject(await receive(await request(reads, outgoing, signal), outgoing.what), outgoing.what);
    } catch (cause) {
      throw explain(cause, { ...outgoing, deadline, deadlineMs, origin });
    }
  };

  async function* stream(pool: PoolByCertificate, outgoing: Outgoing, limitMs: number): AsyncGenerator<Uint8Array> {
    const deadline = AbortSignal.timeout(limitMs);
    const signal = AbortSignal.any([outgoing.signal, deadline]);
    try {
      const response = await request(pool, outgoing, signal);
      if (response.statusCode === 200) yield* response.body;
      else await receive(response, outgoing.what);
    } catch (cause) {
      throw explain(cause, { ...outgoing, deadline, deadlineMs: limitMs, origin });
    }
  }

  return {
    server: origin + prefix,
    read: async (target, { signal, query = {}, accept }) => send(getOf(target, queryOf(query), signal, accept)),
    review: async (review, spec, signal) =>
      send({
        method: 'POST',
        path: reviewPath(review),
        accept: 'application/json',
        body: JSON.stringify({ spec }),
        what: `ask about its own rights (${review})`,
        signal,
      }),
    log: (pod, query, signal) =>
      stream(reads, getOf({ ...pod, subresource: 'log' }, logQueryOf(query), signal), deadlineMs),
    watch: (target, query, signal, accept) =>
      // The server ends a watch by itself; the deadline is for one that does not.
      stream(watches, getOf(target, watchQueryOf(query), signal, accept), query.timeoutSeconds * 1_000 + deadlineMs),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([reads.close(), watches.close()]);
    },
  };
}

function getOf(target: Target, query: string, signal: AbortSignal, accept = 'application/json'): Outgoing {
  return { method: 'GET', path: pathOf(target) + query, accept, what: describeTarget(target), signal };
}

/** A credential plugin has no deadline of its own. */
export async function abortable<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
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
