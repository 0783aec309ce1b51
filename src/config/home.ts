import { lstatSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { configError } from './errors.ts';
import type { Config } from './valid.ts';

/** The system's limit is 108 bytes on Linux and 104 on macOS; the rest is room for the names of lock files beside it. */
const longestSocketPath = 100;

/**
 * Makes the data directory (0700) or proves the one that is there: a directory of this user that nobody else can enter.
 * A wrong one is refused rather than corrected: what lies in it may already be known or planted. Errors: `home-unsafe`.
 */
export function prepareHome({ home }: Pick<Config, 'home'>): void {
  const socket = join(home, 'agent.sock');
  if (Buffer.byteLength(socket) > longestSocketPath) {
    throw unsafe(home, `is too long: a socket's path may have ${longestSocketPath} bytes, ${socket} has ${Buffer.byteLength(socket)}`, 'name a shorter one with CASTELLAN_HOME or --home');
  }
  const found = look(home);
  if (!found.isDirectory()) throw unsafe(home, 'is no directory', 'name another with CASTELLAN_HOME');
  const { uid } = found;
  const user = process.getuid?.();
  const link = lstatSync(home);
  if (user !== undefined && (uid !== user || link.uid !== user)) {
    throw unsafe(home, link.isSymbolicLink() ? 'is a link, and it or its target belongs to another user' : 'belongs to another user', 'name a directory of your own with CASTELLAN_HOME');
  }
  if ((found.mode & 0o077) !== 0) {
    throw unsafe(home, `can be entered by other users (mode ${(found.mode & 0o777).toString(8)})`, `look at what lies in it, then run \`chmod 700 ${home}\``);
  }
}

function look(home: string): Stats {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    return statSync(home);
  } catch (error) {
    throw unsafe(home, 'cannot be made', 'check the folder above it, or name another with CASTELLAN_HOME', error);
  }
}

function unsafe(home: string, what: string, next: string, cause?: unknown): Error {
  return configError('home-unsafe', {
    message: `the data directory ${home} ${what}`,
    next,
    ...(cause === undefined ? {} : { cause }),
  });
}
