import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Decrypter, Encrypter } from 'age-encryption';
import { fsyncDirectory } from '../../store/fsync.ts';

/**
 * One encrypted file on disk. Written to a name of its own, made durable, then moved to where it belongs, so that whoever looks
 * finds the old one whole or the new one whole. Encrypted piece by piece: no plaintext ever goes to a disk, and the keep does other
 * things meanwhile.
 */
export interface WriteOptions {
  /** Fails with EEXIST where something is. */
  readonly isNew?: boolean;
}

/** Ends the names of files that are being written. */
export const unfinished = /\.new-[0-9a-f]{16}$/;

export async function writeEncrypted(
  path: string,
  recipient: string,
  parts: readonly Buffer[],
  { isNew = false }: WriteOptions = {},
): Promise<void> {
  const written = `${path}.new-${randomBytes(8).toString('hex')}`;
  try {
    const file = await open(written, 'wx', 0o600);
    try {
      const encrypter = new Encrypter();
      encrypter.addRecipient(recipient);
      for await (const piece of await encrypter.encrypt(ReadableStream.from(piecesOf(parts))))
        await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    if (isNew) await link(written, path);
    else await rename(written, path);
    fsyncDirectory(dirname(path));
  } finally {
    await rm(written, { force: true });
  }
}

const pieceBytes = 1_024 * 1_024;

function* piecesOf(parts: readonly Buffer[]): Generator<Uint8Array> {
  for (const bytes of parts) {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
}

/** Undefined when there is none. Throws whatever is wrong with one that is there. */
export async function readEncrypted(path: string, identity: string, mostBytes: number): Promise<Buffer | undefined> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const source = ReadableStream.from(file.createReadStream({ autoClose: false, highWaterMark: pieceBytes }));
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of await decrypter.decrypt(source)) {
      size += piece.length;
      if (size > mostBytes) throw new Error('it is larger than any this keep writes');
      pieces.push(piece);
    }
    return Buffer.concat(pieces, size);
  } finally {
    await file.close();
  }
}
