import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { processEnvironment } from '../../config/environment.ts';
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
const pauseMs = 15;

/** An MCP connection to a daemon at least as new as this build, started if need be. */
export async function linkToDaemon(address: DaemonAddress, note: (line: string) => void): Promise<Link> {
  let deadline = performance.now() + startDeadlineMs;
  let started = false;
  for (;;) {
    const link = await tryConnect(address, 'mcp');
    if (link !== undefined) {
      if (!isOlder(link.welcome.build, address.build)) return link;
      if (link.welcome.clients > 0) {
        note(
          `the daemon (${link.welcome.build.version}) is older than this client (${address.build.version}) and in use; it is replaced when its last client leaves`,
        );
        return link;
      }
      link.socket.destroy();
      await askToRetire(address);
    } else if (!started) {
      startDaemon(address, () => {
        deadline = Math.min(deadline, performance.now() + afterExitMs);
      });
      started = true;
    }
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

function logPath(home: string): string {
  return `${home}/daemon.log`;
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
  const line = await readLine(socket);
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
      else reject(error);
    });
  });
}

/** The first line; what follows it goes back into the socket. Undefined when the other side left first. */
function readLine(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    let held = Buffer.alloc(0);
    const finish = (line: string | undefined): void => {
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

/**
 * Detached, with an environment of its own: a session's tokens and proxies must not reach a process that other sessions
 * share. Two shims may start one each; the lock lets one live.
 */
function startDaemon(address: DaemonAddress, onExit: () => void): void {
  mkdirSync(address.home, { recursive: true, mode: 0o700 });
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const main = fileURLToPath(new URL(`../../cli/main.${extension}`, import.meta.url));
  const log = openSync(logPath(address.home), 'a', 0o600);
  const config = address.config === null ? [] : ['--config', address.config];
  const child = spawn(
    process.execPath,
    [main, ...config, '--home', address.home, 'serve', '--socket-only', '--leave-when-idle'],
    {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: address.home,
      env: daemonEnvironment(),
    },
  );
  child.once('error', onExit);
  child.once('exit', onExit);
  child.unref();
  closeSync(log);
}

function unreachable(home: string): DaemonUnreachable {
  const path = logPath(home);
  const last = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-3) : [];
  return new DaemonUnreachable(
    [`no daemon answers on ${socketPath(home)}; the last lines of ${path}:`, ...last].join('\n  '),
  );
}

function daemonEnvironment(): Record<string, string> {
  const environment = processEnvironment();
  const kept: Record<string, string> = { LANG: 'C.UTF-8' };
  for (const name of ['PATH', 'HOME', 'USER', 'LOGNAME'] as const) {
    const value = environment[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
