import { createServer, type ServerResponse } from 'node:http';
import { z } from 'zod';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export type Answer = (response: ServerResponse, asked: Asked) => void;

/** A server that answers as a test says, and remembers what it was asked. */
export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  readonly asked: Asked[];
  answer: Answer;
}

const address = z.object({ port: z.int() });

export async function openScripted(answer: Answer): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  const http = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://scripted.example.net');
    const one: Asked = {
      method: request.method ?? '',
      path: url.pathname,
      parameters: url.searchParams,
      headers: request.headers,
    };
    asked.push(one);
    server.answer(response, one);
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  const server: ScriptedServer = {
    url: `http://127.0.0.1:${address.parse(http.address()).port}`,
    asked,
    answer,
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections();
      await new Promise((closed) => http.close(closed));
    },
  };
  return server;
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

export const success = (data: unknown) => ({ status: 'success', data });
