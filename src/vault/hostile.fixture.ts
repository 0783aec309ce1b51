import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StoreLog } from '../store/log.ts';
import { Client, fixedToken } from './client.ts';
import { createDriver } from './driver.ts';
import type { VaultBody, VaultRequest } from './port.ts';
import { anyReply } from './replies.ts';
import { Sender, type SenderOptions } from './sender.ts';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (response: ServerResponse, seen: Seen) => void;

/** A server that answers as a test says, and remembers what it was asked. */
export interface HostileServer extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  readonly seen: Seen[];
  answer: Answer;
}

export async function openHostile(
  answer: Answer = (response) => json(response, 200, { data: {} }),
): Promise<HostileServer> {
  const seen: Seen[] = [];
  const http = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const one = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    seen.push(one);
    server.answer(response, one);
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  const { port } = http.address() as AddressInfo;
  const server: HostileServer = {
    origin: `http://127.0.0.1:${port}`,
    port,
    seen,
    answer,
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections();
      await new Promise((closed) => http.close(closed));
    },
  };
  return server;
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export const word = (): string => randomBytes(15).toString('hex');

export function clientOf(origin: string, token: Parameters<typeof fixedToken>[0], more: Partial<SenderOptions> = {}) {
  const sender = new Sender({ origin, peers: [], ca: undefined, namespace: undefined, ...more });
  return { client: new Client(sender, createDriver(origin), fixedToken(token)), sender };
}

export const get = (...path: readonly string[]): VaultRequest<unknown> => ({ method: 'GET', path, reply: anyReply });

export const post = (body: VaultBody, ...path: readonly string[]): VaultRequest<unknown> => ({
  method: 'POST',
  path,
  body,
  reply: anyReply,
});

/** Keeps what is logged, to be looked through. */
export function keptLog(): StoreLog & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (fields: object, event: string): void => void lines.push(`${event} ${JSON.stringify(fields)}`);
  return { lines, info: keep, warn: keep, error: keep };
}
