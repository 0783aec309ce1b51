import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { BoundSocket } from '../../port.ts';
import { type Door, type DoorOptions, openDoor } from '../door.ts';
import { collectRefusals, type Refusal } from '../refusals.ts';
import { answerFrom } from './answer.ts';
import { type AllowedChart, repositoriesOf } from './catalogue.ts';
import { makeCertificate } from './certificate.ts';

export interface ChartMirrorOptions extends DoorOptions {
  /** `<directory>/<host>/<path>/<name>-<version>.tgz`, for `oci://` repositories too. */
  readonly directory: string;
  readonly charts: readonly AllowedChart[];
  /** Absolute path of the program. */
  readonly openssl: string;
}

export interface ChartMirror extends Door {
  /** PEM: what the run must trust, and all it needs to. To be bound at `trustBundle`. */
  readonly authority: string;
  /** For `SandboxedCommand.sockets`: every port of a repository, with its hosts. */
  readonly sockets: readonly BoundSocket[];
  /** What was asked for and is not allowed. */
  refused(): readonly Refusal[];
}

const tlsHandshake = 0x16;

/**
 * Stands in for the repositories of a run's charts: over HTTPS, over HTTP, and as an OCI registry, under their own names and
 * ports. It has the charts that are listed, with the bytes that are listed, and nothing else. Errors: `sandbox-door-failed`.
 */
export async function startChartMirror({
  directory,
  charts,
  openssl,
  ...options
}: ChartMirrorOptions): Promise<ChartMirror> {
  const repositories = repositoriesOf(charts);
  const hosts = [...new Set(repositories.map(({ host }) => host))];
  const { key, certificate } = await makeCertificate(openssl, dirname(options.socketPath), hosts);
  const refusals = collectRefusals();

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request;
    const [path = ''] = url.split('?', 1);
    const host = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    const asked = repositories.filter((repository) => repository.host === host);
    const reads = method === 'GET' || method === 'HEAD';
    const found = reads ? await answerFrom(directory, asked, path) : undefined;
    if (found === undefined) {
      refusals.note(method, `${host}${path}`, 'it is not among the allowed charts, or not the bytes that were allowed');
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not among the charts Castellan allows here\n');
      return;
    }
    response.writeHead(200, {
      'content-type': found.type,
      'content-length': found.bytes.length,
      ...(found.digest === undefined ? {} : { 'docker-content-digest': found.digest }),
    });
    response.end(method === 'HEAD' ? undefined : found.bytes);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    // A mirror that cannot be read is the keep's own trouble; the run sees a repository that fails.
    respond(request, response).catch(() => response.writeHead(502).end());
  };
  const limits = { headersTimeout: 10_000, requestTimeout: 30_000 };
  const plain = createHttp(limits, listener);
  const secure = createHttps({ ...limits, key, cert: certificate }, listener);
  for (const server of [plain, secure]) server.on('clientError', (_, socket) => socket.destroy());
  const front = createServer((socket) => sort(socket, plain, secure));
  const door = await openDoor(front, options);
  return {
    ...door,
    authority: certificate.toString('utf8'),
    sockets: [...Map.groupBy(repositories, ({ port }) => port)].map(([port, there]) => ({
      from: door.socket,
      port,
      hosts: [...new Set(there.map(({ host }) => host))],
    })),
    refused: () => refusals.list(),
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]();
      // They never listened: this stops their clocks.
      plain.close();
      secure.close();
    },
  };
}

/** The first byte tells TLS from HTTP, so one socket does for both. */
function sort(socket: Socket, plain: ReturnType<typeof createHttp>, secure: ReturnType<typeof createHttps>): void {
  socket.on('error', () => socket.destroy());
  socket.setTimeout(30_000, () => socket.destroy());
  socket.once('data', (bytes: Buffer) => {
    socket.pause();
    socket.unshift(bytes);
    (bytes[0] === tlsHandshake ? secure : plain).emit('connection', socket);
    process.nextTick(() => socket.resume());
  });
}
