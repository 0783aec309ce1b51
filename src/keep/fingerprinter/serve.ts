import { chmodSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { CastellanError } from '../../kit/index.ts';
import type { StoreLog } from '../../store/log.ts';
import { proveSocketFolder } from '../sockets/socket-folder.ts';
import { fingerprinterError } from './errors.ts';
import {
  type FingerprinterReply,
  type FingerprinterRequest,
  fingerprinterReply,
  fingerprinterRequest,
  longestReply,
  longestRequest,
} from './protocol.ts';

export interface ServeOptions {
  readonly socket: string;
  /** `signal` fires when whoever asked has left. */
  answer(request: FingerprinterRequest, signal: AbortSignal): Promise<FingerprinterReply>;
  readonly log: StoreLog;
  readonly deadlineMs?: number;
  readonly connections?: number;
}

const lineDeadlineMs = 10_000;
const replyDeadlineMs = 30_000;
const mostConnections = 16;

/**
 * One line in, one line out, then the connection is over. Whoever reaches it is the keep, by the rights of its folder; all the same
 * nothing is believed: a line that is long, slow, garbled, or more than one, is refused.
 * Errors: `keep-folder-unsafe`, `fingerprinter-busy` when another one listens there.
 */
export async function serveFingerprinter(options: ServeOptions): Promise<AsyncDisposable> {
  const { socket: path, log } = options;
  proveSocketFolder(path);
  await assertNobodyListens(path);
  const open = new Set<Socket>();
  const serve = async (socket: Socket): Promise<void> => {
    const left = new AbortController();
    socket.once('close', () => left.abort(new Error('whoever asked has left')));
    const work = async (): Promise<FingerprinterReply> => {
      if (open.size > (options.connections ?? mostConnections)) {
        throw fingerprinterError('fingerprinter-busy', { message: 'too many connections are open', next: 'ask again' });
      }
      const line = await readLine(socket, options.deadlineMs ?? lineDeadlineMs);
      return options.answer(requestOf(line), left.signal);
    };
    const reply = await work().then(checked, (error: unknown) => ({ error: wordsOf(error, left.signal, log) }));
    if (socket.destroyed) return;
    socket.setTimeout(replyDeadlineMs, () => socket.destroy());
    socket.end(`${textOf(reply, log)}\n`);
  };
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    // Whoever leaves in the middle has their reason.
    socket.on('error', () => socket.destroy());
    serve(socket).catch((error: unknown) => {
      log.error({ err: error }, 'fingerprinter.socket.failed');
      socket.destroy();
    });
  });
  await listen(server, path);
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** A socket that answers belongs to another one, which would be talked past; one that does not was left by one that died. */
async function assertNobodyListens(path: string): Promise<void> {
  const alive = await new Promise<boolean>((resolve) => {
    const probe = createConnection(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
  if (alive) {
    throw fingerprinterError('fingerprinter-busy', {
      message: `another fingerprinter listens on ${path}`,
      next: 'stop it first, or name another `socket` in fingerprinter.yaml',
    });
  }
  rmSync(path, { force: true });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // It must never exist with wider rights than it is meant to have, not even until chmod.
    const before = process.umask(0o117);
    server.once('error', reject);
    server.listen(path, () => {
      server.removeListener('error', reject);
      chmodSync(path, 0o660);
      resolve();
    });
    process.umask(before);
  });
}

function readLine(socket: Socket, deadlineMs: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => reject(malformed('did not come in time')), deadlineMs);
  const ended = (): void => reject(malformed('ended in the middle'));
  const take = (chunk: Buffer): void => {
    size += chunk.byteLength;
    chunks.push(chunk);
    if (size > longestRequest) reject(malformed(`has more than ${longestRequest} bytes`));
    if (size > longestRequest || !chunk.includes(0x0a)) return;
    const all = Buffer.concat(chunks);
    if (all.indexOf(0x0a) === all.byteLength - 1) resolve(all.subarray(0, -1).toString('utf8'));
    else reject(malformed('is more than one line'));
  };
  socket.on('data', take);
  socket.once('end', ended);
  socket.once('close', ended);
  return promise.finally(() => {
    clearTimeout(timer);
    socket.off('data', take);
    socket.off('end', ended);
    socket.off('close', ended);
    // It goes on flowing, to nobody, so that its end is noticed.
    socket.resume();
  });
}

function requestOf(line: string): FingerprinterRequest {
  const { success, data } = fingerprinterRequest.safeParse(jsonOf(line));
  if (success) return data;
  // What was wrong with it is not told: it may quote what was sent.
  throw malformed('is none that it takes');
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // Told as what it is: none that it takes.
  }
}

function malformed(what: string): CastellanError {
  return fingerprinterError('fingerprinter-malformed', {
    message: `a request to the fingerprinter ${what}`,
    next: 'run keep and fingerprinter of one version: restart both after an upgrade',
  });
}

type WireError = NonNullable<FingerprinterReply['error']>;

/** What is not ours may quote a value: of that, the log has no more than its kind. */
function wordsOf(error: unknown, left: AbortSignal, log: StoreLog): WireError {
  if (error instanceof CastellanError) {
    const { code, audience, message, next } = error;
    return { code, audience, message, next };
  }
  if (!left.aborted)
    log.error({ kind: error instanceof Error ? error.name : typeof error }, 'fingerprinter.request.failed');
  return fault;
}

const fault: WireError = {
  code: 'fingerprinter-fault',
  audience: 'operator',
  message: 'the fingerprinter failed in a way it does not know',
  next: 'look into its log; `castellan doctor` asks it again',
};

function checked(reply: FingerprinterReply): FingerprinterReply {
  return fingerprinterReply.parse(reply);
}

function textOf(reply: FingerprinterReply, log: StoreLog): string {
  const text = JSON.stringify(reply);
  if (Buffer.byteLength(text) < longestReply) return text;
  log.error({}, 'fingerprinter.reply.too-large');
  return JSON.stringify({ error: fault });
}
