import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Secret } from '../../kit/index.ts';
import { createTransport, type Transport, type TransportOptions } from './transport.ts';

/** A server on loopback that answers however a test wants, and what it saw. */
export interface Loopback extends AsyncDisposable {
  readonly url: string;
  readonly seen: { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers'] }[];
  readonly sockets: Set<Socket>;
}

export async function listen(answer: RequestListener): Promise<Loopback> {
  const seen: Loopback['seen'] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    answer(request, response);
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    sockets,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function transportTo(server: string, token: string, options: Partial<TransportOptions> = {}): Transport {
  const tls = {};
  return createTransport({
    login: { context: 'test', server: new URL(server) },
    credential: async () => ({ tls, authorization: new Secret(`Bearer ${token}`) }),
    deadlineMs: 5_000,
    ceilingBytes: 1_000_000,
    ...options,
  });
}
