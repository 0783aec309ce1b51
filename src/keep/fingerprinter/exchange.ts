import { createConnection } from 'node:net';
import { CastellanError, stripHiddenCharacters } from '../../kit/index.ts';
import { fingerprinterError } from './errors.ts';
import { codeOf } from './own-file.ts';
import {
  type FingerprinterReply,
  type FingerprinterRequest,
  fingerprinterReply,
  longestReply,
  longestRequest,
} from './protocol.ts';
import { assertOnlyTheFingerprinters } from './socket-trust.ts';

/**
 * One request and its reply, over a connection of its own. Errors: `fingerprinter-away`, `fingerprinter-socket-untrusted`, those the
 * fingerprinter itself tells, and the signal's reason.
 */
export async function ask(
  socket: string,
  request: FingerprinterRequest,
  { signal, patienceMs }: { readonly signal: AbortSignal; readonly patienceMs: number },
): Promise<FingerprinterReply> {
  signal.throwIfAborted();
  const line = `${JSON.stringify(request)}\n`;
  if (Buffer.byteLength(line) > longestRequest) throw away(socket, 'the request is longer than it takes');
  try {
    assertOnlyTheFingerprinters(socket);
  } catch (error) {
    throw error instanceof CastellanError ? error : away(socket, whyNot(error));
  }
  const waits = 'waitMs' in request ? request.waitMs : 0;
  const deadline = AbortSignal.timeout(waits + patienceMs);
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const connection = createConnection(socket);
  const cancelled = (): void => reject(signal.reason);
  const late = (): void => reject(away(socket, 'it did not answer in time'));
  signal.addEventListener('abort', cancelled, { once: true });
  deadline.addEventListener('abort', late, { once: true });
  const chunks: Buffer[] = [];
  let size = 0;
  connection.on('error', (error) => reject(away(socket, whyNot(error))));
  connection.on('connect', () => connection.write(line));
  connection.on('data', (chunk) => {
    size += chunk.byteLength;
    if (size > longestReply) return reject(away(socket, 'its reply is larger than any'));
    chunks.push(chunk);
    if (chunk.includes(0x0a)) resolve(Buffer.concat(chunks));
  });
  connection.on('close', () => reject(away(socket, 'it ended in the middle of its reply')));
  try {
    return replyOf(socket, await promise);
  } finally {
    signal.removeEventListener('abort', cancelled);
    deadline.removeEventListener('abort', late);
    connection.destroy();
  }
}

function replyOf(socket: string, bytes: Buffer): FingerprinterReply {
  const { success, data: reply } = fingerprinterReply.safeParse(jsonOf(bytes));
  if (!success) throw away(socket, 'its reply is none of this version');
  if (reply.error === undefined) return reply;
  const { code, audience, message, next } = reply.error;
  const ours = /^[a-z]+(-[a-z0-9]+)*$/.test(code) ? code.slice(0, 60) : 'fingerprinter-fault';
  throw new CastellanError(ours, audience, { message: oneLine(message), next: oneLine(next) });
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8', 0, bytes.indexOf(0x0a)));
  } catch {
    return undefined; // Told as what it is: no reply.
  }
}

function oneLine(text: string): string {
  return stripHiddenCharacters(text).replace(/\s+/g, ' ').trim().slice(0, 1_000).toWellFormed();
}

function whyNot(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOENT') return 'there is no socket';
  if (code === 'ECONNREFUSED') return 'nobody listens on its socket';
  if (code === 'EACCES') return 'the keep’s user may not reach its socket';
  return `its socket failed (${code})`;
}

export function away(socket: string, why: string): CastellanError {
  return fingerprinterError('fingerprinter-away', {
    message: `the fingerprinter cannot be asked at ${socket}: ${why}`,
    next: 'start it (`systemctl start castellan-fingerprinter`); `journalctl -u castellan-fingerprinter` says why it ended',
  });
}
