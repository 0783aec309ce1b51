import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { type KeepReply, type KeepRequest, keepReply, longestRequest } from '../../change/wire/protocol.ts';
import { CastellanError } from '../../kit/index.ts';
import type { StoreLog } from '../../store/log.ts';
import { socketError } from './errors.ts';
import { parseRequest, type Verb } from './request.ts';
import { proveSocketFolder } from './socket-folder.ts';

/**
 * A Unix socket that takes one JSON line and gives one back, then the connection is over. Whoever is slow, long, garbled or
 * says more than one thing is told so and shut out; nobody keeps others from being served for longer than the deadline.
 */
export interface KeepSocketOptions {
  readonly path: string;
  readonly mode: 0o660 | 0o600;
  readonly verbs: readonly Verb[];
  /** What the keep says of itself on every reply. */
  state(): Promise<KeepReply['keep']>;
  /** `signal` fires when whoever asked has left. */
  answer(request: KeepRequest, signal: AbortSignal): Promise<Omit<KeepReply, 'keep' | 'error'>>;
  readonly log: StoreLog;
  readonly deadlineMs?: number;
  readonly connections?: number;
}

/** From the first byte to the line's end. */
const lineDeadlineMs = 10_000;
/** Whoever does not take its reply. */
const replyDeadlineMs = 10_000;
const mostConnections = 32;

/** Errors: `keep-folder-unsafe`, and the system's when it cannot listen. */
export async function listenOnKeepSocket(options: KeepSocketOptions): Promise<AsyncDisposable> {
  const { path, mode, log, verbs } = options;
  proveSocketFolder(path);
  const connections = new Set<Socket>();

  const reply = async (socket: Socket, work: () => Promise<Omit<KeepReply, 'keep'>>): Promise<void> => {
    const said = await work().catch((error: unknown) => ({ error: wordsOf(error, log) }));
    const text = await written(said, options);
    if (socket.destroyed) return;
    socket.setTimeout(replyDeadlineMs, () => socket.destroy());
    socket.end(`${text}\n`);
  };

  const serve = async (socket: Socket): Promise<void> => {
    if (connections.size > (options.connections ?? mostConnections)) {
      await reply(socket, async () => {
        throw socketError('keep-busy', { message: 'too many connections are open', next: 'try again in a moment' });
      });
      return;
    }
    const line = await readLine(socket, options.deadlineMs ?? lineDeadlineMs);
    if (line === undefined) {
      socket.destroy();
      return;
    }
    const left = new AbortController();
    socket.once('close', () => left.abort());
    await reply(socket, async () => options.answer(parseRequest(line, verbs), left.signal));
  };

  // The journal's lock is held: a socket that is found here belongs to nobody.
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    // Whoever leaves in the middle has their reason.
    socket.on('error', () => socket.destroy());
    serve(socket).catch((error: unknown) => {
      log.error({ err: error }, 'keep.socket.failed');
      socket.destroy();
    });
  });
  await listen(server, path, mode);

  return {
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of connections) socket.destroySoon();
      const lingering = setTimeout(() => {
        for (const socket of connections) socket.destroy();
      }, 500);
      await closed;
      clearTimeout(lingering);
    },
  };
}

function listen(server: Server, path: string, mode: number): Promise<void> {
  return new Promise((resolve, reject) => {
    // It must never exist with wider rights than it is meant to have, not even until chmod.
    const before = process.umask(0o777 & ~mode);
    server.once('error', reject);
    server.listen(path, () => {
      server.removeListener('error', reject);
      chmodSync(path, mode);
      resolve();
    });
    process.umask(before);
  });
}

/**
 * The one line that was sent. Undefined when it does not come in time; a line that is too long, and one with something behind
 * it, comes back as one that no parser takes.
 */
function readLine(socket: Socket, deadlineMs: number): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  const chunks: Buffer[] = [];
  let size = 0;
  const finish = (line: Buffer | undefined): void => {
    clearTimeout(timer);
    socket.off('data', take);
    socket.off('end', ended);
    socket.off('close', ended);
    // It goes on flowing, to nobody: so its end is noticed, and a second request is heard by no one.
    resolve(line);
  };
  const ended = (): void => finish(undefined);
  const take = (chunk: Buffer): void => {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (!chunk.includes(0x0a)) {
      if (size > longestRequest) finish(Buffer.concat(chunks));
      return;
    }
    const all = Buffer.concat(chunks);
    const end = all.indexOf(0x0a);
    finish(end === all.byteLength - 1 ? all.subarray(0, end) : all);
  };
  const timer = setTimeout(ended, deadlineMs);
  socket.on('data', take);
  socket.once('end', ended);
  socket.once('close', ended);
  return promise;
}

type WireError = NonNullable<KeepReply['error']>;

/** What is not ours may quote anything: it goes to the log alone. */
function wordsOf(error: unknown, log: StoreLog): WireError {
  if (error instanceof CastellanError) {
    const { code, audience, message, next } = error;
    return { code, audience, message, next };
  }
  log.error({ err: error }, 'keep.request.failed');
  return {
    code: 'keep-fault',
    audience: 'operator',
    message: 'this is a fault of the keep',
    next: "look it up in the keep's log, and please report it",
  };
}

/** The reply as text, proven to be one: what does not fit the protocol does not leave. */
async function written(said: Omit<KeepReply, 'keep'>, { state, log }: KeepSocketOptions): Promise<string> {
  const keep = await state();
  const proven = keepReply.safeParse({ keep, ...said });
  if (proven.success) return JSON.stringify(proven.data);
  log.error({ issues: proven.error.issues.map(({ path, code }) => ({ path, code })) }, 'keep.reply.malformed');
  const error = wordsOf(new Error('a reply was not what the protocol says'), log);
  return JSON.stringify(keepReply.parse({ keep, error }));
}
