import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { McpServerFactory } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { CastellanError, type JsonObject } from '../kit/index.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { redactingTransport } from './choke-point.ts';
import { type Build, type ControlVerb, type Hello, longestHello, parseHello, type Welcome } from './handshake.ts';
import { type Log, unquoted } from './log.ts';

/**
 * agent.sock: a Unix socket in the data directory, readable by its owner only. Each connection begins with one line each
 * way (handshake.ts) and then is MCP, one message a line, or an operator's commands, or one control verb.
 */
const helloDeadlineMs = 5_000;

export interface AgentSocketOptions {
  readonly path: string;
  readonly redactor: Redactor;
  readonly log: Log;
  readonly factory: McpServerFactory;
  welcome(): Omit<Welcome, 'clients'>;
  /** A refusal in words when this caller cannot be served. */
  refuse(hello: Hello): string | undefined;
  control(verb: ControlVerb, clients: number): Promise<JsonObject>;
  /** Serves a connection of the purpose `operator` until its client goes. */
  operator(socket: Socket, by: Build): void;
  /** Called when the number of clients changes; who asks for one control verb is none. */
  onClients(change: 1 | -1): void;
}

export interface AgentSocket extends AsyncDisposable {
  readonly clients: number;
}

export async function listenOnAgentSocket(options: AgentSocketOptions): Promise<AgentSocket> {
  const connections = new Set<Socket>();
  let clients = 0;

  const serve = async (socket: Socket): Promise<void> => {
    const hello = await readHello(socket);
    if (hello === undefined) {
      socket.end(`${JSON.stringify({ refused: 'the first line was not a handshake this daemon knows' })}\n`);
      return;
    }
    const refusal = options.refuse(hello);
    if (refusal !== undefined) {
      // It repeats what the caller asked for.
      socket.end(`${JSON.stringify({ refused: options.redactor.agentText(refusal).text })}\n`);
      return;
    }
    socket.write(`${JSON.stringify({ ...options.welcome(), clients })}\n`);
    if (typeof hello.purpose === 'object') {
      const answer = await options.control(hello.purpose.control, clients).catch((error: unknown) => {
        options.log.error({ err: error }, 'control.failed');
        return { failed: error instanceof CastellanError ? `${error.message}; ${error.next}` : 'it failed' };
      });
      socket.end(`${JSON.stringify(options.redactor.value(answer).value)}\n`);
      return;
    }
    clients += 1;
    options.onClients(1);
    socket.once('close', () => {
      clients -= 1;
      options.onClients(-1);
    });
    if (hello.purpose === 'operator') {
      options.operator(socket, hello.build);
      return;
    }
    const transport = redactingTransport(new StdioServerTransport(socket, socket), options.redactor);
    serveStdio(options.factory, {
      transport,
      onerror: (error) => options.log.warn({ err: unquoted(error) }, 'socket.protocol'),
    });
    // Paused since the handshake was read, and a listener alone does not undo that.
    socket.resume();
  };

  // Only the holder of the lock listens, so a socket file found here belongs to nobody.
  rmSync(options.path, { force: true });
  const server = createServer((socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    socket.on('error', (error) => options.log.debug({ err: error }, 'socket.connection'));
    serve(socket).catch((error: unknown) => {
      options.log.error({ err: unquoted(error) }, 'socket.serve');
      socket.destroy();
    });
  });
  await listen(server, options.path);
  chmodSync(options.path, 0o600);

  return {
    get clients() {
      return clients;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of connections) socket.end();
      const lingering = setTimeout(() => {
        for (const socket of connections) socket.destroy();
      }, 500);
      await closed;
      clearTimeout(lingering);
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // The socket must never exist with wider rights than its owner's, not even until chmod.
    const before = process.umask(0o177);
    server.once('error', reject);
    server.listen(path, () => {
      server.removeListener('error', reject);
      resolve();
    });
    process.umask(before);
  });
}

/** The first line, or undefined when it does not come in time, is too long or is not a handshake. */
function readHello(socket: Socket): Promise<Hello | undefined> {
  return new Promise((resolve) => {
    let held = Buffer.alloc(0);
    const finish = (hello: Hello | undefined): void => {
      clearTimeout(timer);
      socket.off('readable', read);
      socket.off('close', gone);
      resolve(hello);
    };
    const gone = (): void => finish(undefined);
    // Read by hand, not by `data`: whoever comes next finds the stream neither flowing nor paused.
    const read = (): void => {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      held = Buffer.concat([held, chunk]);
      const end = held.indexOf(0x0a);
      if (end === -1) {
        if (held.byteLength > longestHello) finish(undefined);
        return;
      }
      const rest = held.subarray(end + 1);
      if (rest.byteLength > 0) socket.unshift(rest);
      finish(end > longestHello ? undefined : parseHello(held.subarray(0, end).toString('utf8')));
    };
    const timer = setTimeout(gone, helloDeadlineMs);
    socket.on('readable', read);
    socket.once('close', gone);
  });
}
