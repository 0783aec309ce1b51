import { closeSync, constants, fchmodSync, fstatSync, lstatSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { configError } from './errors.ts';
import type { Problem } from './problem.ts';
import { systemCode } from './small-file.ts';
import type { Config } from './valid.ts';

/** Systems take 103 to 107 bytes; the same bound everywhere, so that a data directory can move. */
const longestSocketPath = 100;

/** The agents' socket lies in the data directory, and the system takes only short paths for sockets. */
export function socketPathProblem(home: string): readonly Problem[] {
  const bytes = Buffer.byteLength(join(home, 'agent.sock'));
  if (bytes <= longestSocketPath) return [];
  return [
    {
      code: 'home-unusable',
      where: '',
      message: `the path of agent.sock in the data directory has ${bytes} bytes, and a socket's path has at most ${longestSocketPath}`,
      next: 'name a shorter data directory with --home or CASTELLAN_HOME',
    },
  ];
}

/**
 * Makes the data directory if need be and leaves it to its owner alone (mode 0700). One that somebody else owns, or that
 * others could write into, is refused as it is: what lies in it may not be ours. Throws `home-unsafe`, `home-unusable`.
 */
export function prepareHome({ home }: Pick<Config, 'home'>, user = process.geteuid?.()): void {
  const [tooLong] = socketPathProblem(home);
  if (tooLong !== undefined) throw configError(tooLong.code, { message: tooLong.message, next: tooLong.next });
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    // A link can be turned elsewhere by whoever owns it.
    refuseForeign(home, lstatSync(home).uid, user);
    const descriptor = openSync(home, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      const { uid, mode } = fstatSync(descriptor);
      refuseForeign(home, uid, user);
      if ((mode & 0o022) !== 0) {
        throw configError('home-unsafe', {
          message: `others may write into the data directory ${home} (mode ${(mode & 0o7777).toString(8).padStart(4, '0')})`,
          next: 'make sure that everything in it is yours, then chmod it to 0700; or name another with --home or CASTELLAN_HOME',
        });
      }
      if ((mode & 0o7777) !== 0o700) fchmodSync(descriptor, 0o700);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw configError('home-unusable', {
      message: `the data directory ${home} cannot be made or opened (${code})`,
      next: 'let this user write to the folder above it, or name another place with --home or CASTELLAN_HOME',
      cause: error,
    });
  }
}

function refuseForeign(home: string, uid: number, user: number | undefined): void {
  if (user === undefined || uid === user) return;
  throw configError('home-unsafe', {
    message: `the data directory ${home}, or what it links to, belongs to another user (uid ${uid})`,
    next: 'name a directory of your own with --home or CASTELLAN_HOME',
  });
}
