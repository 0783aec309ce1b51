import { lstatSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { proveOwnership } from '../config/ownership.ts';
import { socketError } from './errors.ts';

/** Systems take 103 to 107 bytes. */
const longestPath = 100;

/**
 * Proves that a socket at `path` can be put there by nobody else: its folder is the keep's own or root's, no link, and only
 * its owner writes to it. A folder that is missing is made for the keep alone. Errors: `keep-folder-unsafe`.
 */
export function proveSocketFolder(path: string, user = process.geteuid?.()): void {
  const folder = dirname(path);
  const unsafe = (why: string, cause?: unknown): Error =>
    socketError('keep-folder-unsafe', {
      message: `the folder ${folder} ${why}`,
      next: '`sudo castellan install` makes it as it must be; or name another under `directories` in keep.yaml',
      cause,
    });
  if (Buffer.byteLength(path) > longestPath)
    throw unsafe(`makes the path of a socket longer than ${longestPath} bytes`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unsafe('does not exist and cannot be made', error);
  }
  if (lstatSync(folder).isSymbolicLink()) throw unsafe('is a link');
  const proof = proveOwnership(folder, { uids: user === undefined ? [0] : [0, user] });
  if (proof.flaw !== undefined) throw unsafe(proof.flaw);
  if (!proof.stats.isDirectory()) throw unsafe('is not a folder');
}
