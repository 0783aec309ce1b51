import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { proveOwnership } from '../../keep/config/ownership.ts';
import { installError } from './errors.ts';
import { modeText, type Place } from './layout.ts';

/**
 * Folders and files, made as root where somebody may have been before: the folder above belongs to a trusted user and nobody
 * else writes to it, what stands there is looked at through a descriptor that follows no link, and nothing that is somebody
 * else's is taken over. What is right already stays as it is, so everything can be done again.
 */
export interface Trust {
  /** Whose folders and files are trusted: root's; in a staged tree those of whoever stages, too. */
  readonly uids: readonly number[];
}

export type Done = 'made' | 'kept' | 'corrected' | 'replaced' | 'put beside';

/** Errors: `install-target-unsafe`. */
export function ensureFolder({ path, mode, uid, gid }: Place, trust: Trust): Done {
  proveAbove(path, trust);
  const made = attempt(path, 'EEXIST', () => mkdirSync(path, { mode: 0o700 }));
  return attemptOpen(path, constants.O_RDONLY | constants.O_DIRECTORY, (descriptor) => {
    const stats = fstatSync(descriptor);
    assertOurs(path, stats, [...trust.uids, uid]);
    const corrected = settle(descriptor, stats, { mode, uid, gid });
    return made ? 'made' : corrected ? 'corrected' : 'kept';
  });
}

export interface PlacedFile extends Place {
  readonly text: string;
  /** What becomes of a file of other content; only what this command wrote itself is ever replaced. */
  readonly ifOther: (found: string) => 'replace' | 'leave' | 'beside';
}

/** A file of other content stays, and the new one is put beside it as `.new`. Errors: `install-target-unsafe`. */
export function ensureFile(file: PlacedFile, trust: Trust): Done {
  const { path, text, ifOther } = file;
  proveAbove(path, trust);
  const found = readOurs(path, [...trust.uids, file.uid]);
  if (found === undefined) {
    writeNew(file, path);
    return 'made';
  }
  const fate = found === text ? 'leave' : ifOther(found);
  if (fate === 'leave') {
    return attemptOpen(path, constants.O_RDONLY, (descriptor) =>
      settle(descriptor, fstatSync(descriptor), file) ? 'corrected' : 'kept',
    );
  }
  if (fate === 'replace') {
    writeOver(file, path);
    return 'replaced';
  }
  const beside = `${path}.new`;
  if (readOurs(beside, [...trust.uids, file.uid]) !== text) writeOver(file, beside);
  return 'put beside';
}

/** The folder a path lies in, proven from the root down. Errors: `install-target-unsafe`. */
export function proveAbove(path: string, trust: Trust): void {
  const proof = proveOwnership(dirname(path), trust);
  const flaw = proof.flaw ?? (proof.stats.isDirectory() ? undefined : 'is no folder');
  if (flaw === undefined) return;
  throw unsafe(path, `the folder above it ${flaw}`);
}

/** Undefined when there is none. */
function readOurs(path: string, uids: readonly number[]): string | undefined {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  return attemptOpen(path, constants.O_RDONLY | constants.O_NONBLOCK, (descriptor) => {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw unsafe(path, 'it is no file');
    assertOurs(path, stats, uids);
    return readFileSync(descriptor, 'utf8');
  });
}

function assertOurs(path: string, { uid }: Stats, uids: readonly number[]): void {
  if (!uids.includes(uid)) throw unsafe(path, `it belongs to uid ${uid}`);
}

/** Whether anything had to be set. */
function settle(descriptor: number, stats: Stats, { mode, uid, gid }: Omit<Place, 'path'>): boolean {
  const isOwned = stats.uid === uid && stats.gid === gid;
  if (!isOwned) fchownSync(descriptor, uid, gid);
  // A change of owner takes setgid away.
  const isSet = isOwned && (stats.mode & 0o7777) === mode;
  if (!isSet) fchmodSync(descriptor, mode);
  return !isSet;
}

function writeNew(file: PlacedFile, path: string): void {
  throughTemporary(file, path, (temporary) => {
    if (!attempt(path, 'EEXIST', () => linkSync(temporary, path)))
      throw unsafe(path, 'it appeared while it was written');
    rmSync(temporary);
  });
}

function writeOver(file: PlacedFile, path: string): void {
  throughTemporary(file, path, (temporary) => renameSync(temporary, path));
}

function throughTemporary(file: PlacedFile, path: string, place: (temporary: string) => void): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const descriptor = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(descriptor, file.text);
    settle(descriptor, fstatSync(descriptor), file);
    fsyncSync(descriptor);
    place(temporary);
  } finally {
    closeSync(descriptor);
    rmSync(temporary, { force: true });
  }
}

function attemptOpen<Result>(path: string, flags: number, work: (descriptor: number) => Result): Result {
  let descriptor: number;
  try {
    descriptor = openSync(path, flags | constants.O_NOFOLLOW);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ELOOP' || code === 'ENOTDIR') throw unsafe(path, 'a link or something else stands there', error);
    throw error;
  }
  try {
    return work(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** False when the system says this code. */
function attempt(path: string, expected: string, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (codeOf(error) === expected) return false;
    throw installError('install-failed', {
      message: `${path} could not be made (${codeOf(error) ?? 'no reason given'})`,
      next: 'look at the folder above it, then run this again: what is done stays',
      cause: error,
    });
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function unsafe(path: string, why: string, cause?: unknown): Error {
  return installError('install-target-unsafe', {
    message: `${path} is not touched: ${why}`,
    next: 'find out who put it there; move it away or give it to root (chown root, chmod go-w), then run this again',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** `root:61001 0750` */
export function ownerText({ mode, uid, gid }: Omit<Place, 'path'>): string {
  return `${uid === 0 ? 'root' : uid}:${gid === 0 ? 'root' : gid} ${modeText(mode)}`;
}
