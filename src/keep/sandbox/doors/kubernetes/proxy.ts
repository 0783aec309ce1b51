import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Dispatcher } from 'undici';
import { credentialSource } from '../../../../cluster/transport/credential.ts';
import { readKubeconfig } from '../../../../cluster/transport/kubeconfig.ts';
import { PoolByCertificate } from '../../../../cluster/transport/pool.ts';
import type { Secret } from '../../../../kit/index.ts';
import { type Door, type DoorOptions, openDoor } from '../door.ts';
import { collectRefusals, type Refusal } from '../refusals.ts';
import { admit } from './admit.ts';
import { admitWrites } from './admit-writes.ts';
import type { Admitted, Asked } from './asked.ts';
import { bounded, readBody } from './bytes.ts';
import type { SecretAllowance } from './secrets.ts';

/**
 * The door to the API server. It holds the credential, so that a run has none: what comes from inside is plain HTTP without
 * any right, and what `admit` (of an apply, `admitWrites`) lets through goes on over the keep's own connection with the keep's own login. Nothing a client
 * says but method, path, query, body and two headers goes with it.
 */
export interface KubernetesProxyOptions extends DoorOptions {
  readonly kubeconfig: string;
  /** Undefined: the current one. */
  readonly context: string | undefined;
  /** Shown in place of what the user of the kubeconfig has. */
  readonly token?: Secret;
  /** Those of the stack's state; empty means no Secret at all. `writes`: an apply, which names each Secret it needs. */
  readonly allowedSecrets: readonly SecretAllowance[];
  /** What changes something goes on too. */
  readonly writes?: boolean;
  readonly deadlineMs?: number;
  readonly answerBytes?: number;
}

export interface KubernetesProxy extends Door {
  requests(): KubernetesRequests;
}

export interface KubernetesRequests {
  /** Requests that reached the API server. */
  readonly forwarded: number;
  /** The same, by method. */
  readonly byMethod: Readonly<Record<string, number>>;
  readonly refused: readonly Refusal[];
  /** Refusals of yet other kinds. */
  readonly unlisted: number;
}

const mostBodyBytes = 4 * 1024 * 1024;
/** Whole lists of a large cluster, and its OpenAPI document, with room to spare. */
const mostAnswerBytes = 128 * 1024 * 1024;
const connections = 8;

/** Errors: `cluster-config-invalid`, `cluster-connection-insecure`, `sandbox-door-failed`. */
export async function startKubernetesProxy(options: KubernetesProxyOptions): Promise<KubernetesProxy> {
  const { kubeconfig, context, token, allowedSecrets, writes = false } = options;
  const { deadlineMs = 60_000, answerBytes = mostAnswerBytes } = options;
  const rule = (asked: Asked): Admitted => (writes ? admitWrites(asked) : admit(asked, allowedSecrets));
  const login = await readKubeconfig(kubeconfig, context);
  const credential = credentialSource(login, Date.now, token === undefined ? undefined : async () => token);
  const pool = new PoolByCertificate(login, connections);
  const refusals = collectRefusals();
  const forwarded = new Map<string, number>();

  const send = async (outgoing: Outgoing, signal: AbortSignal): Promise<Dispatcher.ResponseData> => {
    const first = await credential();
    const present = async ({ tls, authorization }: typeof first) =>
      pool.for(tls).request({
        origin: login.server.origin,
        path: login.server.pathname.replace(/\/$/, '') + outgoing.path,
        method: outgoing.method,
        body: outgoing.body,
        signal,
        headers: {
          'user-agent': writes ? 'castellan-apply' : 'castellan-plan',
          ...outgoing.headers,
          ...(authorization === undefined ? {} : { authorization: authorization.reveal() }),
        },
      });
    const response = await present(first);
    if (response.statusCode !== 401) return response;
    const newer = await credential(first);
    if (newer === first) return response;
    await response.body.dump();
    return present(newer);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request;
    const admitted = rule({ method, url, contentType: request.headers['content-type'] });
    if (admitted.refused !== undefined) {
      refusals.note(method, url, admitted.refused);
      return refuse(response, 403, `Castellan does not pass this on: ${admitted.refused}`);
    }
    const body = await readBody(request, mostBodyBytes);
    if (body === undefined) {
      refusals.note(method, url, 'the body is too large');
      return refuse(response, 413, `Castellan does not pass this on: the body is larger than ${mostBodyBytes} bytes`);
    }
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(deadlineMs)]);
    forwarded.set(method, (forwarded.get(method) ?? 0) + 1);
    const received = await send(outgoingOf(method, admitted.path, request, body), signal);
    if (received.statusCode >= 300 && received.statusCode < 400) {
      await received.body.dump();
      return refuse(response, 502, 'the API server answered with a redirect, which is never followed');
    }
    response.writeHead(received.statusCode, headersFrom(received.headers));
    await pipeline(received.body, bounded(answerBytes), response);
  };

  const server = createServer({ maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 30_000 });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch(() => {
      // Why is the keep's own matter: an error of the driver may quote an address or a header.
      if (response.headersSent) response.destroy();
      else refuse(response, 502, 'the API server could not be reached, or did not answer in time');
    });
  });
  const slam = (request: IncomingMessage, socket: Socket): void => {
    refusals.note(request.method ?? '', request.url ?? '', 'a connection is never handed over');
    socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  };
  server.on('upgrade', slam);
  server.on('connect', slam);
  server.on('clientError', (_, socket) => socket.destroy());
  const door = await openDoor(server, options);
  return {
    socket: door.socket,
    requests: () => ({
      forwarded: [...forwarded.values()].reduce((sum, count) => sum + count, 0),
      byMethod: Object.fromEntries(forwarded),
      refused: refusals.list(),
      unlisted: refusals.unlisted,
    }),
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]();
      await pool.close();
    },
  };
}

interface Outgoing {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

function outgoingOf(method: string, path: string, { headers }: IncomingMessage, body: Buffer): Outgoing {
  const { accept, 'content-type': type } = headers;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return {
    method: method as Outgoing['method'],
    path,
    headers: {
      accept: accept ?? 'application/json',
      ...(hasBody && type !== undefined ? { 'content-type': type } : {}),
    },
    // A GET with a body is nobody's, and another reader might take the body for the next request.
    body: hasBody && (method !== 'DELETE' || body.length > 0) ? body : null,
  };
}

/** Only what tells a client how to read the answer: no cookie, no place to go to, nothing about the connection. */
function headersFrom(headers: Dispatcher.ResponseData['headers']): Record<string, string | string[]> {
  const passed: Record<string, string | string[]> = {};
  for (const name of ['content-type', 'warning', 'etag', 'last-modified', 'cache-control', 'retry-after', 'vary']) {
    const value = headers[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}

/** As the API server would say it, so that a provider shows the words. */
function refuse(response: ServerResponse, code: number, message: string): void {
  const reason = code === 403 ? 'Forbidden' : code === 413 ? 'RequestEntityTooLarge' : 'ServiceUnavailable';
  const text = JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
  });
  // What is still coming of the request is not read.
  response.writeHead(code, { 'content-type': 'application/json', connection: 'close' }).end(text);
}
