import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  type AuthInfo,
  createMcpHandler,
  type McpHttpHandler,
  type McpServerFactory,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { type Principal, principalId } from '../../kit/index.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { redactingHandler } from '../choke-point.ts';
import { type Log, unquoted } from '../log.ts';
import type { FactoryFor } from '../mcp.ts';
import type { Metrics } from '../metrics.ts';
import type { TokenVerifier } from '../tokens.ts';
import { takeAddress } from './address.ts';
import { bearerToken, guardRequest, loopbackHosts, type Refusal } from './guards.ts';
import { createRateLimit } from './rate-limit.ts';

/**
 * Streamable HTTP, in this order: Host and Origin, size, route, token, rate, MCP. `/healthz` and `/readyz` say a word and
 * nothing else; `/metrics` needs a token like everything that tells about the homelab.
 */
export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly bodyLimitBytes: number;
  readonly requestsPerMinute: number;
  readonly factoryFor: FactoryFor;
  /** Serves MCP in another way than the product does: the protocol tests need sessions. */
  readonly handlerFor?: HttpHandlerFor;
  readonly authenticate: Authenticate;
  readonly redactor: Redactor;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Undefined when ready, else why not. */
  notReady(): string | undefined;
}

/** The principal behind a request, or undefined. */
export type Authenticate = (request: IncomingMessage) => Promise<Principal | undefined>;

export type HttpHandler = Pick<McpHttpHandler, 'fetch' | 'close'>;
export interface HttpHandlerLimits {
  readonly maxRequestBodySize: number;
  onerror(error: Error): void;
}
export type HttpHandlerFor = (factory: McpServerFactory, limits: HttpHandlerLimits) => HttpHandler;

export interface HttpListener extends AsyncDisposable {
  readonly url: string;
}

const requestTimeoutMs = 60_000;
/**
 * Longer than any client keeps a connection it does not use: when the process was busy for longer than this (a new
 * database takes seconds), connections are closed under requests that have arrived and were not read yet.
 */
const keepAliveTimeoutMs = 75_000;
/** Bad tokens from one address are answered this often a minute, however fast they come. */
const failuresPerMinute = 30;

export function authenticateByToken(verifier: TokenVerifier, now: () => Date): Authenticate {
  return async (request) => {
    const token = bearerToken(request);
    return token === undefined ? undefined : (await verifier.verify(token, now()))?.principal;
  };
}

export async function listenOnHttp(options: HttpOptions): Promise<HttpListener> {
  const principals = new WeakMap<AuthInfo, Principal>();
  const handlerFor: HttpHandlerFor = options.handlerFor ?? createMcpHandler;
  const handler = handlerFor(options.factoryFor(principalFrom(principals)), {
    maxRequestBodySize: options.bodyLimitBytes,
    onerror: (error) => options.log.debug({ err: unquoted(error) }, 'http.protocol'),
  });
  const serveMcp = toNodeHandler(redactingHandler(handler, options.redactor), {
    maxRequestBodySize: options.bodyLimitBytes,
    onerror: (error) => options.log.error({ err: unquoted(error) }, 'http.handler'),
  });
  const calls = createRateLimit(options.requestsPerMinute);
  const failures = createRateLimit(failuresPerMinute);
  const hosts = new Set<string>();
  const guard = {
    hosts,
    origins: new Set(options.allowedOrigins.map((origin) => origin.toLowerCase())),
    bodyLimitBytes: options.bodyLimitBytes,
  };

  const refuse = (
    response: ServerResponse,
    { status, reason, message }: Refusal,
    headers: Record<string, string> = {},
  ): void => {
    options.metrics.refused(reason);
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...headers });
    response.end(JSON.stringify({ error: message }));
  };

  // What is said beside MCP is our own, and passes the choke point all the same.
  const say = (response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(`${options.redactor.agentText(text).text}\n`);
  };

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = guardRequest(request, guard);
    if (refusal !== undefined) return refuse(response, refusal);
    const path = (request.url ?? '/').split('?', 1)[0];
    if (path === '/healthz') return say(response, 200, 'ok');
    if (path === '/readyz') {
      const reason = options.notReady();
      return say(response, reason === undefined ? 200 : 503, reason ?? 'ready');
    }
    if (path !== '/mcp' && path !== '/metrics') {
      return refuse(response, { status: 404, reason: 'path', message: 'MCP is at /mcp' });
    }
    const now = performance.now();
    const principal = await options.authenticate(request);
    if (principal === undefined) {
      const wait = failures.take(request.socket.remoteAddress ?? '', now);
      if (wait > 0) return refuse(response, tooMany, { 'retry-after': String(wait) });
      return refuse(response, unauthenticated, { 'www-authenticate': 'Bearer realm="castellan"' });
    }
    const wait = calls.take(principalId(principal), now);
    if (wait > 0) return refuse(response, tooMany, { 'retry-after': String(wait) });
    if (path === '/metrics') {
      const page = await options.metrics.registry.metrics();
      return say(response, 200, page, options.metrics.registry.contentType);
    }
    const auth: AuthInfo = { token: '', clientId: principal.agent, scopes: [...principal.scopes] };
    principals.set(auth, principal);
    await serveMcp(Object.assign(request, { auth }) as Parameters<typeof serveMcp>[0], response);
  };

  const limits = { requestTimeout: requestTimeoutMs, keepAliveTimeout: keepAliveTimeoutMs, maxHeaderSize: 16_384 };
  const server = createServer(limits, (request, response) => {
    route(request, response).catch((error: unknown) => {
      options.log.error({ err: unquoted(error) }, 'http.route');
      if (response.headersSent) response.destroy();
      else refuse(response, { status: 500, reason: 'internal', message: 'internal error' });
    });
  });
  const address = await takeAddress(server, options);
  for (const host of [...loopbackHosts(address.port), ...options.allowedHosts]) hosts.add(host.toLowerCase());
  // A page this server itself gave out: no other can have its origin.
  for (const host of loopbackHosts(address.port)) guard.origins.add(`http://${host}`);
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}/mcp`,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await handler.close();
      server.closeIdleConnections();
      const lingering = setTimeout(() => server.closeAllConnections(), 500);
      await closed;
      clearTimeout(lingering);
    },
  };
}

const unauthenticated: Refusal = {
  status: 401,
  reason: 'token',
  message: 'a valid bearer token is needed; the operator makes one with `castellan token create`',
};
const tooMany: Refusal = { status: 429, reason: 'rate', message: 'too many requests; wait as Retry-After says' };

/** The principal travels beside the request by identity; nothing in a message can name another. */
function principalFrom(principals: WeakMap<AuthInfo, Principal>) {
  return (context: ServerContext): Principal => {
    const auth = context.http?.authInfo;
    const principal = auth === undefined ? undefined : principals.get(auth);
    if (principal === undefined) throw new Error('a request reached MCP without a principal');
    return principal;
  };
}
