import { lstat, realpath } from 'node:fs/promises';
import { isAbsolute, normalize, sep } from 'node:path';
import { sandboxError } from './errors.ts';
import type { Bind, BoundSocket } from './port.ts';

/** Where the sandbox looks for the authorities it trusts. It trusts none until a file is bound here. */
export const trustBundle = '/etc/ssl/certs/ca-certificates.crt';

/** Whatever a run asks for, neither these nor a folder they lie in is shown to it. */
const neverShown = ['/proc', '/sys', '/dev', '/run', '/var/run', '/boot', '/etc', '/var/lib', '/var/log'];
/** Shared memory is where the runs' folders are. */
const shownAllTheSame = ['/dev/shm'];
/** A home is never shown whole, nor what people keep keys in. */
const homes = /^\/(root|home(\/[^/]+)?)$|\/\.(ssh|gnupg|kube|aws|vault-token|netrc|docker)(\/|$)/;

const notHidden = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/dev',
  '/etc',
  '/run',
  '/proc',
  '/sys',
];

/** `below('/a/b', '/a')` and `below('/a', '/a')`. */
const below = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/**
 * Proves that what a run wants to be shown may be shown. `never` are further places: the keep's state, its configuration.
 * Errors: `sandbox-request-refused`.
 */
export async function checkBinds(binds: readonly Bind[], never: readonly string[]): Promise<void> {
  const targets = new Set<string>();
  for (const { from, to } of binds) {
    if (!isPlain(to) || to === sep) throw refused(`${to} is not a place inside the sandbox`);
    if (to !== trustBundle && notHidden.some((place) => below(to, place) || below(place, to))) {
      throw refused(`${to} belongs to the sandbox itself`);
    }
    if (targets.has(to)) throw refused(`two things are to be shown at ${to}`);
    targets.add(to);
    await checkSource(from, never);
  }
}

/** Errors: `sandbox-request-refused`. */
export async function checkSockets(sockets: readonly BoundSocket[], never: readonly string[]): Promise<void> {
  const ports = new Set<number>();
  for (const { from, port, hosts } of sockets) {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw refused(`${port} is not a port`);
    if (ports.has(port)) throw refused(`two sockets want port ${port}`);
    ports.add(port);
    for (const host of hosts) if (!isHost(host)) throw refused(`${JSON.stringify(host)} is not a host name`);
    await checkSource(from, never);
    if (!(await lstat(from)).isSocket()) throw refused(`${from} is not a socket`);
  }
}

async function checkSource(from: string, never: readonly string[]): Promise<void> {
  if (!isPlain(from) || from === sep) throw refused(`${from} is not a plain absolute path`);
  if (isHidden(from, never)) throw refused(`${from} is never shown to a run`);
  let real: string;
  try {
    real = await realpath(from);
  } catch (cause) {
    throw refused(`${from} is not there, or cannot be looked at`, cause);
  }
  if (real !== from) throw refused(`a symbolic link leads from ${from} to elsewhere`);
}

function isHidden(path: string, never: readonly string[]): boolean {
  if (homes.test(path)) return true;
  const touches = (place: string): boolean => below(path, place) || below(place, path);
  if (never.some(touches)) return true;
  // Below shared memory, not all of it: other runs' folders lie there too.
  if (shownAllTheSame.some((place) => path.startsWith(`${place}/`))) return false;
  return neverShown.some(touches);
}

function isPlain(path: string): boolean {
  return isAbsolute(path) && normalize(path) === path && !path.endsWith('/') && !hasControl(path);
}

function hasControl(text: string): boolean {
  return [...text].some((sign) => (sign.codePointAt(0) ?? 0) < 0x20);
}

function isHost(host: string): boolean {
  return /^(?=.{1,253}$)[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?(\.[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)*$/.test(host);
}

function refused(message: string, cause?: unknown): Error {
  return sandboxError('sandbox-request-refused', {
    message: `the run was not started: ${message}`,
    next: 'correct the paths, sockets and hosts of the profile in keep.yaml',
    ...(cause === undefined ? {} : { cause }),
  });
}
