import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { createApplication } from './application.ts';
import { openAssets } from './assets.ts';
import { consoleError } from './errors.ts';
import { refusalOf } from './guards.ts';
import { everyResponse } from './headers.ts';
import type { ConsoleOptions } from './options.ts';
import { consoleRoutes } from './routes.ts';
import { openSessions } from './sessions.ts';

/**
 * Where humans look and sign: the page and its interface, on one port of loopback. In the order a request meets it:
 *
 *   connections, times → headers of every response → Host, Origin, size → route → session → body → work → made plain → proven
 *
 *  session    who looks; begun with a login passkey, and good for looking, rejecting and asking for documents
 *  document   what a passkey signs; the decisions write and take it, the console only carries it
 */
export interface Console extends AsyncDisposable {
  /** The one that was asked for; that which was found where none was. */
  readonly port: number;
}

const limits = {
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16_384,
  requireHostHeader: false,
} as const;
/** Until the head of a request is there, and until all of it is. */
const headMs = 10_000;
const wholeMs = 20_000;
const mostConnections = 128;
const mostRequests = 2_000;
/** Of one that takes nothing of its answer. */
const silentMs = 60_000;

/** Errors: `console-not-listening`. */
export async function openConsole(options: ConsoleOptions): Promise<Console> {
  const { config, relyingParty, approvers, log, redactor, assets, now = () => new Date() } = options;
  const sessions = openSessions({ approvers, now });
  const app = createApplication({
    routes: consoleRoutes({ ...options, sessions, now }),
    sessions,
    assets: openAssets(assets),
    redactor,
    log,
  });
  const answer = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      log.warn({ err: error }, 'web.request.unreadable');
      return Response.json({ error: unreadable }, { status: 400, headers: { 'cache-control': 'no-store' } });
    },
  });
  const { patience = { headMs, wholeMs } } = options;
  const times = { headersTimeout: patience.headMs, requestTimeout: patience.wholeMs };
  const server = createServer({ ...limits, ...times }, (request, response) => {
    for (const [name, value] of Object.entries(everyResponse)) response.setHeader(name, value);
    const refusal = refusalOf(request, relyingParty.origin);
    if (refusal !== undefined) {
      log.warn({ status: refusal.status, why: refusal.message }, 'web.refused');
      refuse(request, response, refusal);
      return;
    }
    answer(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'web.request.failed');
      response.destroy();
    });
  });
  server.maxConnections = mostConnections;
  server.maxRequestsPerSocket = mostRequests;
  server.timeout = silentMs;
  const { console: place } = config;
  const port = await listen(server, place.port);
  log.info({ port, origin: relyingParty.origin }, 'web.serving');
  return {
    port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        // Whoever is in the middle gets their answer, if it comes soon.
        const lingering = setTimeout(() => server.closeAllConnections(), 500);
        server.close(() => {
          clearTimeout(lingering);
          resolve();
        });
      }),
  };
}

const unreadable = {
  code: 'console-malformed',
  message: 'the request was not understood',
  next: 'open the console at its address',
};

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, message }: { readonly status: number; readonly message: string },
): void {
  const code = status === 403 ? 'console-refused' : status === 413 ? 'console-too-large' : 'console-malformed';
  const next = 'open the console at its address and nowhere else';
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(request.method === 'HEAD' ? undefined : JSON.stringify({ error: { code, message, next } }));
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const refused = (cause: NodeJS.ErrnoException): void => {
      reject(
        consoleError('console-not-listening', {
          message: `the console could not take port ${port} of loopback (${cause.code})`,
          next: 'stop what listens there, or name another port under `console` in keep.yaml',
          cause,
        }),
      );
    };
    server.once('error', refused);
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', refused);
      // A server on TCP that listens has one.
      resolve((server.address() as AddressInfo).port);
    });
  });
}
