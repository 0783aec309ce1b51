import { createServer, type IncomingMessage, type Server } from 'node:http';
import { indexStats, labelNames, labelValues, type Question, queryInstant, queryRange, series } from './api.ts';
import { PushError, push } from './push.ts';
import { QueryError } from './query-error.ts';
import type { LogStore } from './store.ts';

/**
 * A server that answers Loki's HTTP API. It is not Loki: a stand-in for tests, and says so in its build information.
 * `X-Scope-OrgID` is taken and means nothing: there is one tenant.
 */
const standInVersion = '3.7.8-castellan-lab-stand-in';

const mostBytes = 16 * 1024 * 1024;

export function createLokiServer(store: LogStore): Server {
  return createServer((request, response) => {
    reply(store, request).then(
      ({ status, type, text }) => response.writeHead(status, { 'content-type': type }).end(text),
      (cause: unknown) => {
        console.error(`${request.method} ${request.url}:`, cause);
        response.writeHead(500).end('the stand-in failed: its log says how\n');
      },
    );
  });
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

type Route = (store: LogStore, question: Question) => object;

const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/loki/api/v1/query', queryInstant],
  ['/loki/api/v1/query_range', queryRange],
  ['/loki/api/v1/labels', labelNames],
  ['/loki/api/v1/label', labelNames],
  ['/loki/api/v1/series', series],
  ['/loki/api/v1/index/stats', indexStats],
  ['/loki/api/v1/status/buildinfo', () => buildInformation],
]);

const buildInformation = {
  version: standInVersion,
  revision: '',
  branch: '',
  buildDate: '',
  buildUser: 'castellan test/lab',
  goVersion: '',
};

async function reply(store: LogStore, request: IncomingMessage): Promise<Reply> {
  const url = new URL(request.url ?? '/', 'http://loki.invalid');
  const body = request.method === 'POST' ? await readBody(request) : '';
  if (body === undefined) return plain(413, 'request body too large');
  if (url.pathname === '/ready') return plain(200, 'ready\n');
  if (url.pathname === '/loki/api/v1/push') return takePush(store, request, body);
  const route = routeOf(url.pathname);
  if (route === undefined) return plain(404, '404 page not found\n');
  if (request.method !== 'GET' && request.method !== 'POST') return plain(405, '');
  const parameters = url.searchParams;
  for (const [name, value] of new URLSearchParams(body)) parameters.append(name, value);
  try {
    const now = BigInt(Date.now()) * 1_000_000n;
    const text = JSON.stringify(route(store, { parameters, now }));
    return { status: 200, type: 'application/json; charset=UTF-8', text: `${text}\n` };
  } catch (cause) {
    if (!(cause instanceof QueryError)) throw cause;
    return plain(400, cause.message);
  }
}

function routeOf(path: string): Route | undefined {
  const [, name] = /^\/loki\/api\/v1\/label\/([A-Za-z0-9_]+)\/values$/.exec(path) ?? [];
  if (name !== undefined) return (store, question) => labelValues(store, name, question);
  return routes.get(path);
}

function takePush(store: LogStore, request: IncomingMessage, body: string): Reply {
  if (request.method !== 'POST') return plain(405, '');
  // Protobuf, which agents send by default, is not spoken here.
  if (!request.headers['content-type']?.startsWith('application/json')) return plain(415, 'the stand-in takes JSON');
  try {
    push(store, body);
    return plain(204, '');
  } catch (cause) {
    if (!(cause instanceof PushError)) throw cause;
    return plain(400, cause.message);
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= mostBytes) chunks.push(chunk);
  }
  return bytes > mostBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

function plain(status: number, text: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', text };
}
