import { appendFileSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KeepState } from '../../change/wire/protocol.ts';
import { ownersFor, proveOwnership } from '../../keep/index.ts';
import { defineErrors } from '../../kit/index.ts';

const rootError = defineErrors({
  'root-needed': { audience: 'operator', meaning: 'Only root can say this to the keep, until people have passkeys.' },
  'root-not-counted': {
    audience: 'operator',
    meaning: "The keep does not listen to root's files: it and agents are one user.",
  },
  'root-file-unsafe': {
    audience: 'operator',
    meaning: "The folder of keep.yaml, or a file of root's in it, could be changed by others: nothing was written.",
  },
});

/** Errors: `root-needed`. */
export function assertRoot(what: string, user = process.geteuid?.()): void {
  if (user === 0) return;
  throw rootError('root-needed', {
    message: `${what} is root's to say`,
    next: `run it with sudo, as a human: an agent must not be able to`,
  });
}

/** Errors: `root-not-counted`, before somebody says what is not heard. */
export function assertCounted({ boundary }: Pick<KeepState, 'boundary'>): void {
  if (boundary === 'separate user') return;
  throw rootError('root-not-counted', {
    message: 'the keep runs under --seat-belt, where an agent may be the user that would say it',
    next: '`sudo castellan install` gives the keep a user of its own',
  });
}

/** Adds a line to a file beside keep.yaml, which then belongs to root alone. Errors: `root-file-unsafe`. */
export function writeRootFile(keepFile: string, name: string, line: string): string {
  const path = join(dirname(keepFile), name);
  const owners = ownersFor(false);
  const refuse = (at: string, flaw: string): Error =>
    rootError('root-file-unsafe', {
      message: `${at} ${flaw}: what is written there would not count`,
      next: 'chown it to root and take the right to write from others (chmod go-w), the folders above it too',
    });
  const above = proveOwnership(dirname(keepFile), owners);
  if (above.flaw !== undefined) throw refuse(dirname(keepFile), above.flaw);
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) {
    const { flaw } = proveOwnership(path, owners);
    if (flaw !== undefined) throw refuse(path, flaw);
  }
  const before = process.umask(0o022);
  try {
    appendFileSync(path, `${line}\n`, { mode: 0o644 });
  } finally {
    process.umask(before);
  }
  return path;
}
