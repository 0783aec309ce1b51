import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { defineErrors } from '../kit/index.ts';
import { fsyncDirectory } from './fsync.ts';
import { describeThisProcess, judgeProcess, type ProcessIdentity } from './process-identity.ts';

/**
 * The single-writer lock: a file beside the data directory that names the process which may write there.
 *
 *   absent ──take──▶ held ──release──▶ absent
 *                     │ its process is proven dead (this host, this boot)
 *                     └──reap──▶ held by the reaper
 *
 * Anything that is not proof of death (another host, another boot, a file that cannot be read) is refused: two writers
 * destroy the database, one human removing a file does not.
 *
 * Every lock has a nonce, and a lock comes into being complete, by linking a written file to its name. To reap the dead lock
 * N one must first take the lock `<file>.after-N`, by these same rules; only its holder may replace N, and only while
 * N is still there. So of many who find N dead, one replaces it; who comes late finds another nonce and starts over; and
 * a reaper killed half-way leaves a dead lock that is reaped the same way.
 */
const holderSchema = z.strictObject({
  pid: z.int().positive(),
  /** Clock ticks between boot and the start of the process; null where the system does not tell. */
  startTime: z.string().nullable(),
  host: z.string(),
  /** Processes are numbered per namespace: a container's pid 7 is not the host's. */
  pidNamespace: z.string().nullable(),
  bootId: z.string().nullable(),
  socket: z.string(),
  build: z.string(),
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
});

export type LockHolder = z.infer<typeof holderSchema>;

export interface DataLock extends Disposable {
  readonly directory: string;
  readonly holder: LockHolder;
  /** Lets the next one in. May be done twice. */
  release(): void;
}

const lockError = defineErrors({
  'data-locked': { audience: 'operator', meaning: 'Another live process holds the data directory.' },
  'data-lock-unclear': {
    audience: 'operator',
    meaning: 'The data directory is locked by a process of which it cannot be proven that it is dead.',
  },
  'data-lock-failed': { audience: 'operator', meaning: 'The lock beside the data directory could not be written.' },
});

export interface LockRequest {
  /** The data directory; the lock is the file `<directory>.lock`. Its parent exists. */
  readonly directory: string;
  /** Where the holder can be talked to, for whoever finds the directory locked. */
  readonly socket: string;
  readonly build: string;
}

/** Errors: `data-locked`, `data-lock-unclear`, `data-lock-failed`. */
export function takeLock(request: LockRequest): DataLock {
  const file = lockFileOf(request.directory);
  const identity: Identity = { ...describeThisProcess(), socket: request.socket, build: request.build };
  const holder = acquire(file, identity);
  let held = true;
  const release = (): void => {
    // A lock that is not this one any more (a human removed it, and another took it) is left alone.
    if (held && readHolder(file)?.nonce === holder.nonce) remove(file);
    held = false;
  };
  return { directory: request.directory, holder, release, [Symbol.dispose]: release };
}

/** Who holds the directory now; undefined when nobody does. Errors: `data-lock-unclear` for a file that cannot be read. */
export function readLock(directory: string): LockHolder | undefined {
  return existsSync(dirname(directory)) ? readHolder(lockFileOf(directory)) : undefined;
}

/** One directory has one lock, by whatever symbolic links it is reached. */
function lockFileOf(directory: string): string {
  try {
    if (existsSync(directory)) return `${realpathSync(directory)}.lock`;
    return join(realpathSync(dirname(directory)), `${basename(directory)}.lock`);
  } catch (error) {
    throw failed(`${directory}.lock`, error);
  }
}

type Identity = ProcessIdentity & Pick<LockHolder, 'socket' | 'build'>;

function acquire(file: string, identity: Identity): LockHolder {
  const mine: LockHolder = { ...identity, nonce: randomBytes(16).toString('hex') };
  const written = `${file}.new-${mine.nonce}`;
  try {
    writeDurably(written, `${JSON.stringify(mine)}\n`);
    for (;;) {
      if (link(written, file)) break;
      const found = readHolder(file);
      if (found === undefined) continue;
      assertDead(file, found);
      const claim = `${file.replace(/\.after-[0-9a-f]+$/, '')}.after-${found.nonce}`;
      acquire(claim, identity);
      try {
        if (readHolder(file)?.nonce !== found.nonce) continue;
        renameSync(written, file);
        break;
      } finally {
        remove(claim);
      }
    }
    fsyncDirectory(dirname(file));
    return mine;
  } catch (error) {
    throw isSystemError(error) ? failed(file, error) : error;
  } finally {
    rmSync(written, { force: true });
  }
}

/** False when the name is taken. */
function link(written: string, file: string): boolean {
  try {
    linkSync(written, file);
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(file: string): LockHolder | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw unclear(file, 'cannot be read', error);
  }
  const parsed = holderSchema.safeParse(parseJson(text));
  if (!parsed.success) throw unclear(file, 'is not a lock of Castellan', parsed.error);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is not JSON does not match the schema either, and is refused there.
    return undefined;
  }
}

function assertDead(file: string, holder: LockHolder): void {
  const verdict = judgeProcess(holder);
  if (verdict === 'dead') return;
  const who = `process ${holder.pid} on ${holder.host} (build ${holder.build}, socket ${holder.socket})`;
  if (verdict === 'alive') {
    throw lockError('data-locked', {
      message: `the data directory is in use by ${who}`,
      next: 'use that daemon, or stop it first',
    });
  }
  throw unclear(file, `names ${who}, and ${verdict.reason}`);
}

function unclear(file: string, what: string, cause?: unknown): Error {
  return lockError('data-lock-unclear', {
    message: `the lock ${file} ${what}`,
    next: 'make sure that no daemon uses this data directory, on any machine, then remove that file and start again',
    cause,
  });
}

function failed(file: string, cause: unknown): Error {
  return lockError('data-lock-failed', {
    message: `the lock ${file} could not be written`,
    next: 'check that the folder is writable, has room, and is on a file system with hard links',
    cause,
  });
}

function writeDurably(file: string, content: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Only ever called by the live holder of `file`, whom nobody else may replace. */
function remove(file: string): void {
  rmSync(file, { force: true });
  fsyncDirectory(dirname(file));
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
