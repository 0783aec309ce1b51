import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { fsyncDirectory } from '../../store/fsync.ts';
import { approverError } from './errors.ts';
import { parseJson } from './json-text.ts';

/**
 * What was spent, in a file beside the database and not in it: whoever puts an older database back does not get a signature back.
 *
 *  line      one JSON object each, added at the end and fsynced before anything happens because of it; never removed
 *  torn      a last line without its end: the keep died while it wrote it, so nothing happened because of it. Cut off
 *  unusable  a line that is none, a file of others, one that is gone though humans signed before: everything counts as spent
 */
export interface Spent {
  /** In the order they were spent. */
  readonly entries: readonly SpentEntry[];
  /** Why nothing can be proved or spent any more. */
  readonly problem: string | undefined;
  has(nonce: string): boolean;
  get(nonce: string): { readonly entry: SpentEntry; readonly index: number } | undefined;
  /** Errors: `approval-spent`, `approvers-unusable`. */
  add(entry: SpentEntry): void;
}

export interface SpentEntry {
  readonly nonce: string;
  /** `<kind> <digest of the document>`, or what else was done once. */
  readonly what: string;
  /** ISO 8601. */
  readonly at: string;
  /** Ids of passkeys that are worth nothing from here on. */
  readonly revoked?: readonly string[] | undefined;
}

const line = z.strictObject({
  nonce: z.string().min(1).max(300),
  what: z.string().max(1_000),
  at: z.iso.datetime(),
  revoked: z.array(z.string().min(1).max(1_400)).optional(),
});

export interface SpentOptions {
  readonly file: string;
  /** Whether humans signed before: then the file must be there. */
  readonly expected: boolean;
}

export function openSpent({ file, expected }: SpentOptions): Spent {
  const entries: SpentEntry[] = [];
  const byNonce = new Map<string, number>();
  /** Of the file as we left it: another, or a longer or shorter one, is not ours. */
  let left = { inode: 0, size: 0 };
  let problem: string | undefined;

  const remember = (entry: SpentEntry): void => {
    if (byNonce.has(entry.nonce)) throw new Unusable('it holds a nonce twice');
    byNonce.set(entry.nonce, entries.length);
    entries.push(entry);
  };

  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      problem = `${file} cannot be used: ${error instanceof Unusable ? error.message : wordsOf(error)}`;
      throw unusable(problem, error);
    }
  };

  const load = (): void => {
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (found === undefined) {
      if (expected) throw new Unusable('it is gone, though humans signed before');
      create(file);
    }
    const descriptor = openSync(file, constants.O_RDWR | constants.O_NOFOLLOW);
    try {
      const stats = fstatSync(descriptor);
      assertOurs(stats);
      const bytes = readFileSync(descriptor);
      const end = bytes.lastIndexOf(0x0a) + 1;
      const text = bytes.subarray(0, end).toString('utf8');
      for (const [index, item] of text.split('\n').slice(0, -1).entries()) remember(parseLine(item, index));
      if (end < bytes.length) {
        ftruncateSync(descriptor, end);
        fsyncSync(descriptor);
      }
      left = { inode: stats.ino, size: end };
    } finally {
      closeSync(descriptor);
    }
  };

  const append = (text: string): void => {
    const descriptor = openSync(file, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW);
    try {
      const stats = fstatSync(descriptor);
      assertOurs(stats);
      if (stats.ino !== left.inode || stats.size !== left.size) throw new Unusable('somebody else wrote to it');
      const bytes = Buffer.from(text);
      if (writeSync(descriptor, bytes) !== bytes.length) throw new Unusable('there is no room for a whole line');
      fsyncSync(descriptor);
      left = { inode: stats.ino, size: stats.size + bytes.length };
    } finally {
      closeSync(descriptor);
    }
  };

  try {
    guarded(load);
  } catch (error) {
    // It is told as a problem, and by every use: the keep itself can still plan.
    if (problem === undefined) throw error;
  }

  return {
    entries,
    get problem() {
      return problem;
    },
    has: (nonce) => problem !== undefined || byNonce.has(nonce),
    get: (nonce) => {
      const index = problem === undefined ? byNonce.get(nonce) : undefined;
      const entry = index === undefined ? undefined : entries[index];
      return index === undefined || entry === undefined ? undefined : { entry, index };
    },
    add: (entry) => {
      if (problem !== undefined) throw unusable(problem);
      if (byNonce.has(entry.nonce)) {
        throw approverError('approval-spent', {
          message: 'this was signed for once, and was taken once already',
          next: 'look what came of it before anything is signed again',
        });
      }
      const text = `${JSON.stringify(line.parse(entry))}\n`;
      guarded(() => {
        append(text);
        remember(entry);
      });
    },
  };
}

class Unusable extends Error {}

function create(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  fsyncDirectory(dirname(file));
}

function assertOurs(stats: Stats): void {
  if (stats.uid !== process.geteuid?.()) throw new Unusable(`it belongs to another user (uid ${stats.uid})`);
  if ((stats.mode & 0o077) !== 0) throw new Unusable('others could read or write it; it must have mode 0600');
}

function parseLine(text: string, index: number): SpentEntry {
  const parsed = line.safeParse(parseJson(text));
  if (!parsed.success) throw new Unusable(`line ${index + 1} of it is damaged`);
  return parsed.data;
}

function wordsOf(error: Error): string {
  return 'code' in error ? `it failed (${String(error.code)})` : 'it failed';
}

function unusable(problem: string, cause?: unknown): Error {
  return approverError('approvers-unusable', {
    message: `no signature is taken: ${problem}`,
    next: 'stop the keep, find out why, put the file back from a backup, and start it again; what is missing in it can be signed twice',
    cause,
  });
}
