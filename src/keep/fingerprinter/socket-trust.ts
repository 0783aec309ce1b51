import { lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fingerprinterError } from './errors.ts';

/**
 * Who is at the other end is not to be asked; the file system says it: nobody else could have put the socket there. Every folder
 * above it belongs to root or to whoever owns the socket, nobody else writes into them, and a sticky one (/tmp) will do only for what
 * root or this process's own user made in it. The keep believes fingerprints of nobody else: a false set masks nothing.
 */
export function assertOnlyTheFingerprinters(socket: string, user = process.geteuid?.() ?? 0): void {
  const found = lstatSync(socket);
  if (!found.isSocket()) throw unsafe(socket, found.isSymbolicLink() ? 'is a link' : 'is no socket');
  const trusted = new Set([0, found.uid]);
  let child = found.uid;
  for (let folder = realpathSync(dirname(socket)); ; folder = dirname(folder)) {
    const { uid, mode } = lstatSync(folder);
    if (!trusted.has(uid)) throw unsafe(socket, `lies in ${folder}, which belongs to uid ${uid}`);
    const othersWrite = (mode & 0o022) !== 0;
    const sticky = (mode & 0o1000) !== 0;
    const ours = child === 0 || child === user;
    if (othersWrite && !(sticky && ours)) throw unsafe(socket, `lies in ${folder}, into which others may write`);
    if (folder === dirname(folder)) return;
    child = uid;
  }
}

function unsafe(socket: string, what: string): Error {
  return fingerprinterError('fingerprinter-socket-untrusted', {
    message: `${socket} ${what}: somebody else could have put it there`,
    next: 'name the socket that `castellan install` made (vault.fingerprinter.socket in keep.yaml), or take the right to write from others',
  });
}
