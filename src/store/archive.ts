import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const blockBytes = 512;

/**
 * Names the files in a gzipped tar archive, in order. Throws when it is damaged anywhere: gzip carries a checksum over
 * everything, and the tar in it must end where it says.
 */
export async function listArchive(archive: Uint8Array): Promise<readonly string[]> {
  const tar = await promisify(gunzip)(archive);
  const names: string[] = [];
  let at = 0;
  for (;;) {
    const header = tar.subarray(at, at + blockBytes);
    if (header.length < blockBytes) throw new Error('the archive ends without its end mark');
    if (header.every((byte) => byte === 0)) return names;
    const name = textAt(header, 0, 100);
    const prefix = textAt(header, 345, 155);
    const size = Number.parseInt(textAt(header, 124, 12), 8);
    if (name === '' || !Number.isSafeInteger(size))
      throw new Error('the archive holds an entry without a name or a size');
    names.push(`${prefix === '' ? '' : `${prefix}/`}${name}`.replace(/^\/+/, ''));
    at += blockBytes + Math.ceil(size / blockBytes) * blockBytes;
  }
}

function textAt(header: Uint8Array, offset: number, length: number): string {
  const field = Buffer.from(header.subarray(offset, offset + length));
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end).trim();
}
