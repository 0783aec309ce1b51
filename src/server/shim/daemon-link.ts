import { existsSync, readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Build,
  type Hello,
  isOlder,
  longestHello,
  parseWelcome,
  protocol,
  schema,
  type Welcome,
} from '../handshake.ts';
import { logPath, startDaemon } from './start-daemon.ts';

/**
 * Finding the daemon of a data directory, starting it when there is none, and replacing an older one nobody uses.
 * Imports nothing beyond Node: this is on the path of every agent session's start.
 */
export interface DaemonAddress {
  /** The data directory: absolute. */
  readonly home: string;
  /** Absolute path of castellan.yaml, or null for the daemon's own choice. */
  readonly config: string | null;
  readonly build: Build;
}

export interface Link {
  readonly socket: Socket;
  readonly welcome: Welcome;
}

/** A daemon that says no: other configuration, other schema. Trying again would not help. */
export class RefusedByDaemon extends Error {
  override readonly name = 'RefusedByDaemon';
}

/** No daemon, and none could be started. */
export class DaemonUnreachable extends Error {
  override readonly name = 'DaemonUnreachable';
}

const startDeadlineMs = 20_000;
/** A daemon that left at once may have lost the lock to another, which then answers within this time. */
const afterExitMs = 2_000;
/** One that makes its database may be busy for seconds; one that was stopped still lets the system accept connections. */
const welcomeDeadlineMs = 30_000;
const pauseMs = 15;

/** An MCP connection to a daemon at least as new as this build, started if need be. */
export async function linkToDaemon(address: DaemonAddress, note: (line: string) => void): Promise<Link> {
  let deadline = performance.now() + startDeadlineMs;
  let started = false;
  for (;;) {
    const link = await linkToRunning(address, 'mcp', note);
    if (link !== undefined) return link;
    if (!started) {
      startDaemon(address, () => {
        deadline = Math.min(deadline, performance.now() + afterExitMs);
      });
      started = true;
    }
    if (performance.now() > deadline) throw unreachable(address.home);
    await sleep(pauseMs);
  }
}

/** A connection to the daemon that runs; undefined when none does. An older one that nobody uses is sent away first. */
export async function linkToRunning(
  address: DaemonAddress,
  purpose: 'mcp' | 'operator',
  note: (line: string) => void,
): Promise<Link | undefined> {
  const deadline = performance.now() + startDeadlineMs;
  for (;;) {
    const link = await tryConnect(address, purpose);
    if (link === undefined || !isOlder(link.welcome.build, address.build)) return link;
    if (link.welcome.clients > 0) {
      note(
        `the daemon (${link.welcome.build.version}) is older than this client (${address.build.version}) and in use; it is replaced when its last client leaves`,
      );
      return link;
    }
    link.socket.destroy();
    await askToRetire(address);
    if (performance.now() > deadline) throw unreachable(address.home);
    await sleep(pauseMs);
  }
}

/** One control verb to a running daemon; undefined when none runs. */
export async function controlDaemon(
  address: DaemonAddress,
  verb: 'status' | 'retire' | 'backup' | 'audit-verify',
): Promise<{ readonly welcome: Welcome; readonly answer: unknown } | undefined> {
  const link = await tryConnect(address, { control: verb });
  if (link === undefined) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of link.socket) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const answer: unknown = text === '' ? undefined : JSON.parse(text);
  return { welcome: link.welcome, answer };
}

export function socketPath(home: string): string {
  return `${home}/agent.sock`;
}

async function askToRetire(address: DaemonAddress): Promise<void> {
  const left = await controlDaemon(address, 'retire').catch(() => undefined); // it may leave while it answers
  if (left !== undefined) await sleep(pauseMs);
}

/** The connection and the daemon's welcome; undefined when nothing listens. */
async function tryConnect(address: DaemonAddress, purpose: Hello['purpose']): Promise<Link | undefined> {
  const socket = await open(socketPath(address.home));
  if (socket === undefined) return undefined;
  const hello: Hello = { castellan: protocol, build: address.build, schema, config: address.config, purpose };
  socket.write(`${JSON.stringify(hello)}\n`);
  const line = await readLine(socket, () => hanging(address.home));
  if (line === undefined) return undefined;
  const welcome = parseWelcome(line);
  if (welcome !== undefined) return { socket, welcome };
  socket.destroy();
  throw new RefusedByDaemon(refusalIn(line));
}

function refusalIn(line: string): string {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && 'refused' in value) return String(value.refused);
  } catch {
    // Not JSON either: whatever listens there is not a daemon.
  }
  return 'what listens on agent.sock is not a Castellan daemon';
}

function open(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(new DaemonUnreachable(`${path} cannot be opened (${error.code})`, { cause: error }));
    });
  });
}

/** The first line; what follows it goes back into the socket. Undefined when the other side left first; `late` is thrown. */
function readLine(socket: Socket, late: () => Error): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let held = Buffer.alloc(0);
    const timer = setTimeout(() => {
      socket.destroy();
      reject(late());
    }, welcomeDeadlineMs);
    const finish = (line: string | undefined): void => {
      clearTimeout(timer);
      socket.off('data', read);
      socket.off('close', gone);
      resolve(line);
    };
    const gone = (): void => finish(undefined);
    const read = (chunk: Buffer): void => {
      held = Buffer.concat([held, chunk]);
      const end = held.indexOf(0x0a);
      if (end === -1 && held.byteLength <= longestHello) return;
      socket.pause();
      finish(end === -1 ? '' : held.subarray(0, end).toString('utf8'));
      const rest = held.subarray(end + 1);
      if (end !== -1 && rest.byteLength > 0) socket.unshift(rest);
    };
    socket.on('data', read);
    socket.once('close', gone);
  });
}

function hanging(home: string): DaemonUnreachable {
  return new DaemonUnreachable(
    `a daemon accepts connections on ${socketPath(home)} and did not say a word for ${welcomeDeadlineMs / 1000} s; ${logPath(home)} may tell why, and ending its process lets the next one start`,
  );
}

function unreachable(home: string): DaemonUnreachable {
  const path = logPath(home);
  const last = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-3) : [];
  return new DaemonUnreachable(
    [`no daemon answers on ${socketPath(home)}; the last lines of ${path}:`, ...last].join('\n  '),
  );
}
