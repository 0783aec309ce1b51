import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fsyncDirectory } from '../../store/fsync.ts';

/** For everybody to read and its owner to write; whoever reads it meanwhile finds the old one or the new one, whole. */
export function writeWhole(path: string, text: string): void {
  const written = `${path}.new-${randomBytes(8).toString('hex')}`;
  const descriptor = openSync(written, 'wx', 0o644);
  try {
    // Whatever the umask of whoever runs this.
    fchmodSync(descriptor, 0o644);
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
    renameSync(written, path);
    fsyncDirectory(dirname(path));
  } finally {
    closeSync(descriptor);
    rmSync(written, { force: true });
  }
}
