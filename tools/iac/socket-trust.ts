import { lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { iacError } from './errors.ts';

/**
 * Node cannot ask who is at the other end of a socket, so the file system says it: whoever owns the socket is believed to be
 * the keep if nobody else could have put it there. Every folder above belongs to root or to that owner, and nobody else may
 * write into it; a sticky folder (/tmp) will do only for what root or this process's own user made in it.
 */
export function assertOnlyTheKeepsOwn(socket: string, user = process.geteuid?.() ?? 0): void {
  const found = lstatSync(socket);
  if (!found.isSocket()) throw unsafe(socket, found.isSymbolicLink() ? 'is a link' : 'is no socket');
  const owner = found.uid;
  const trusted = new Set([0, owner]);
  let child = owner;
  // The folder as it really is: a link above it belongs to whoever owns the folder it stands in.
  for (const folder of foldersAbove(realpathSync(dirname(socket)))) {
    const { uid, mode } = lstatSync(folder);
    if (!trusted.has(uid)) throw unsafe(socket, `lies in ${folder}, which belongs to uid ${uid}`);
    const othersWrite = (mode & 0o022) !== 0;
    const sticky = (mode & 0o1000) !== 0;
    const ours = child === 0 || child === user;
    if (othersWrite && !(sticky && ours)) throw unsafe(socket, `lies in ${folder}, into which others may write`);
    child = uid;
  }
}

function* foldersAbove(folder: string): Generator<string> {
  yield folder;
  const above = dirname(folder);
  if (above !== folder) yield* foldersAbove(above);
}

function unsafe(socket: string, what: string): Error {
  return iacError('keep-socket-untrusted', {
    message: `${socket} ${what}: somebody else could have put it there`,
    next: 'name the socket that `castellan install` made (keep.socket in castellan.yaml), or take the right to write from others',
  });
}
