import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DaemonAddress, type Link, linkToDaemon } from './daemon-link.ts';
import { LineSplitter, type Message, parseMessage } from './lines.ts';

/**
 * `castellan mcp`: stdin and stdout on one side, the daemon's socket on the other, line by line. It knows of MCP only what
 * it needs to outlive a daemon: the opening it must repeat and the requests that are still unanswered.
 *
 *  joined    lines flow both ways
 *  parted    the daemon went away; what the client says waits, the opening is repeated to the next daemon, unanswered
 *            tool calls are answered with an error (they changed nothing: no tool can), every other unanswered request
 *            is asked again, and the waiting lines follow
 *  ended     the client closed stdin or went away: the socket is closed and the process leaves
 */
export interface ShimOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly address: DaemonAddress;
  note(line: string): void;
}

const mostReconnects = 5;

export async function runShim({ input, output, address, note }: ShimOptions): Promise<void> {
  let link: Link | undefined = await linkToDaemon(address, note);
  let ended = false;
  let reconnects = 0;
  /** The client's initialize and initialized lines, when it speaks a revision that has them. */
  const opening: { request?: Message; line?: string; confirmed?: string } = {};
  const unanswered = new Map<string | number, { readonly method: string; readonly line: string }>();
  const waiting: string[] = [];
  const fromClient = new LineSplitter();

  const writeOut = (line: string): void => {
    output.write(`${line}\n`);
  };

  const forward = (line: string): void => {
    const message = parseMessage(line);
    if (message?.method === 'initialize') Object.assign(opening, { request: message, line });
    if (message?.method === 'notifications/initialized') opening.confirmed = line;
    if (link === undefined) waiting.push(line);
    else send(link, line, message);
  };

  const send = (to: Link, line: string, message = parseMessage(line)): void => {
    if (message?.method !== undefined && message.id !== undefined) {
      unanswered.set(message.id, { method: message.method, line });
    }
    to.socket.write(`${line}\n`);
  };

  const attach = (joined: Link, swallow: string | number | undefined): void => {
    const fromDaemon = new LineSplitter();
    let skip = swallow;
    joined.socket.on('data', (chunk: Buffer) => {
      for (const line of fromDaemon.push(chunk)) {
        const message = parseMessage(line);
        if (message?.id !== undefined && message.method === undefined) {
          // The answer to a repeated opening: the client has had one.
          if (skip !== undefined && message.id === skip) {
            skip = undefined;
            continue;
          }
          unanswered.delete(message.id);
        }
        if (message !== undefined) writeOut(line);
      }
    });
    joined.socket.once('close', () => {
      link = undefined;
      if (!ended) rejoin().catch(fail);
    });
    joined.socket.resume();
  };

  const rejoin = async (): Promise<void> => {
    reconnects += 1;
    if (reconnects > mostReconnects) throw new Error('the daemon went away again and again');
    await sleep(50 * reconnects);
    const repeated: string[] = [];
    for (const [id, { method, line }] of unanswered) {
      if (method === 'tools/call') {
        unanswered.delete(id);
        writeOut(restartedDuring(id, method));
      } else if (method !== 'initialize') repeated.push(line);
    }
    if (ended) return;
    const joined = await linkToDaemon(address, note);
    if (ended) {
      // The client left meanwhile: a connection kept now would keep this process alive for nobody.
      joined.socket.destroy();
      return;
    }
    const firstOpening = opening.request?.id !== undefined && unanswered.has(opening.request.id);
    attach(joined, firstOpening ? undefined : opening.request?.id);
    for (const line of [opening.line, opening.confirmed, ...repeated]) {
      if (line !== undefined) joined.socket.write(`${line}\n`);
    }
    for (const line of waiting.splice(0)) send(joined, line);
    link = joined;
    const steady = setTimeout(() => {
      reconnects = 0;
    }, 10_000);
    steady.unref();
  };

  const { promise: finished, resolve: finish, reject: fail } = Promise.withResolvers<void>();
  attach(link, undefined);
  input.on('data', (chunk: Buffer) => {
    for (const line of fromClient.push(chunk)) if (line.trim() !== '') forward(line);
  });
  input.once('end', () => {
    ended = true;
    // Answers already on their way still arrive.
    if (link === undefined) finish();
    else {
      link.socket.once('close', () => finish());
      link.socket.end();
    }
  });
  output.on('error', () => {
    ended = true; // the client is gone; nothing is left to tell it
    finish();
  });
  try {
    await finished;
  } finally {
    link?.socket.destroy();
    // A client that still talks to a process with no daemon would wait for ever: the end of the process tells it.
    input.destroy();
  }
}

function restartedDuring(id: string | number, method: string): string {
  const message =
    `the daemon restarted during ${method}. What only looks changed nothing: call again. Whether what records or proposes ` +
    'was carried out is not known: look first, or send it again with the key it had';
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32603, message } });
}
