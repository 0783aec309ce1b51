import { createConnection } from 'node:net';
import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import { type KeepReply, type KeepRequest, keepReply, longestRequest } from '../../src/change/wire/protocol.ts';
import { CastellanError, stripHiddenCharacters } from '../../src/kit/index.ts';
import { iacError } from './errors.ts';
import { knownToKeep } from './keep-codes.ts';
import { assertOnlyTheKeepsOwn } from './socket-trust.ts';

/** A view of every stack of a large homelab is some hundred KB; a plan's summary is bounded by the keep. */
const longestReply = 8 * 1024 * 1024;
/** What the keep needs for an answer beyond what it was told to wait. */
const patienceMs = 10_000;

export interface KeepSocketOptions {
  readonly longestReply?: number;
  readonly patienceMs?: number;
}

/** The keep behind its Unix socket: one line each way, one connection a request. */
export function keepSocket(path: string, options: KeepSocketOptions = {}): KeepClient {
  return {
    ask: async (request, signal) => {
      const line = `${JSON.stringify(request)}\n`;
      if (Buffer.byteLength(line) > longestRequest) throw tooLarge(line);
      const waits = 'waitMs' in request ? request.waitMs : 0;
      const reply = await exchange({
        path,
        line,
        most: options.longestReply ?? longestReply,
        deadline: AbortSignal.timeout(waits + (options.patienceMs ?? patienceMs)),
        signal,
      });
      return readReply(reply, request);
    },
  };
}

interface Exchange {
  readonly path: string;
  readonly line: string;
  /** Bytes of the reply. */
  readonly most: number;
  readonly deadline: AbortSignal;
  readonly signal: AbortSignal;
}

async function exchange({ path, line, most, deadline, signal }: Exchange): Promise<string> {
  signal.throwIfAborted();
  try {
    assertOnlyTheKeepsOwn(path);
  } catch (error) {
    throw error instanceof CastellanError ? error : unreachable(path, error);
  }
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const connection = createConnection(path);
  const chunks: Buffer[] = [];
  let size = 0;
  const cancelled = (): void => reject(signal.reason);
  const late = (): void => reject(silent(path));
  signal.addEventListener('abort', cancelled, { once: true });
  deadline.addEventListener('abort', late, { once: true });
  connection.on('error', (error) => reject(unreachable(path, error)));
  connection.on('connect', () => connection.write(line));
  connection.on('data', (chunk) => {
    const end = chunk.indexOf(0x0a);
    const part = end === -1 ? chunk : chunk.subarray(0, end);
    size += part.byteLength;
    if (size > most) return reject(invalid(`is larger than ${most} bytes`));
    chunks.push(part);
    if (end !== -1) resolve(Buffer.concat(chunks).toString('utf8'));
  });
  connection.on('close', () => reject(invalid(size === 0 ? 'is empty' : 'ends in the middle')));
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', cancelled);
    deadline.removeEventListener('abort', late);
    connection.destroy();
  }
}

function readReply(line: string, request: KeepRequest): KeepReply {
  const { success, data: reply } = keepReply.safeParse(parsed(line));
  if (!success) throw invalid(`is none to ${request.verb}`);
  if (reply.error !== undefined) throw errorOf(reply.error);
  return reply;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // Told as what it is: no reply.
  }
}

/** The keep's own error, if this version knows its code: what an agent does about it hangs on the code. */
function errorOf({ code, audience, message, next }: NonNullable<KeepReply['error']>): CastellanError {
  const detail = { message: oneLine(message), next: oneLine(next) };
  if (knownToKeep.has(code)) return new CastellanError(code, audience, detail);
  const said = /^[a-z]+(-[a-z0-9]+)*$/.test(code) ? code.slice(0, 60) : 'no code of ours';
  return iacError('keep-refused', { ...detail, message: `the keep refused (${said}): ${detail.message}` });
}

function oneLine(text: string): string {
  return stripHiddenCharacters(text).replace(/\s+/g, ' ').trim().slice(0, 1_000).toWellFormed();
}

const causes: Readonly<Record<string, { readonly why: string; readonly next: string }>> = {
  ENOENT: {
    why: 'there is no socket',
    next: 'start it (`systemctl start castellan-keep`, or `castellan keep --seat-belt`); `sudo castellan install` sets it up',
  },
  ECONNREFUSED: {
    why: 'nobody listens on its socket',
    next: 'start it: `systemctl start castellan-keep`; `journalctl -u castellan-keep` says why it ended',
  },
  EACCES: {
    why: 'this user may not reach its socket',
    next: "add the daemon's user to the group castellan-agents, and start the daemon again",
  },
};

function unreachable(path: string, cause: unknown): CastellanError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const { why, next } = causes[code] ?? {
    why: `its socket failed (${/^E[A-Z0-9]+$/.test(code) ? code : 'no reason given'})`,
    next: '`castellan doctor` on the host of the daemon looks at it',
  };
  return iacError('keep-unreachable', { message: `the keep cannot be reached at ${path}: ${why}`, next, cause });
}

function silent(path: string): CastellanError {
  return iacError('keep-unreachable', {
    message: `the keep at ${path} took the request and did not answer in time; whether it did what was asked is not known`,
    next: 'look at it (`castellan doctor`, `journalctl -u castellan-keep`), then ask again',
  });
}

function invalid(what: string): CastellanError {
  return iacError('keep-reply-invalid', {
    message: `what came back from the keep ${what}`,
    next: 'run keep and daemon of one version: restart both after an upgrade',
  });
}

function tooLarge(line: string): CastellanError {
  return iacError('keep-request-too-large', {
    message: `the request has ${Buffer.byteLength(line)} bytes, and the keep takes ${longestRequest}`,
    next: 'push the change to a branch and name it with ref, or send a smaller patch',
  });
}
