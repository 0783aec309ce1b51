import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/**
 * From now on, and until what it returns is called, files of this process behave as on a full disk: what is there may be
 * written over, no file gets longer, and so no new one has anything in it. A quota is a full disk that does not tell: the disk
 * itself has room.
 */
export function fillDisk(as: 'disk' | 'quota'): () => void {
  const { writeSync, ftruncateSync, statfsSync } = fs;
  const refuseBeyond = (descriptor: number, end: number): void => {
    if (end > fs.fstatSync(descriptor).size) {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', errno: -28 });
    }
  };
  Object.assign(fs, {
    // The database always says where; a pipe or a log has no place.
    writeSync(...[descriptor, data, from, length, at]: [number, Uint8Array, number?, number?, (number | null)?]) {
      if (typeof at === 'number') refuseBeyond(descriptor, at + (length ?? 0));
      return writeSync(descriptor, data, from, length, at);
    },
    ftruncateSync(descriptor: number, length = 0) {
      refuseBeyond(descriptor, length);
      ftruncateSync(descriptor, length);
    },
    ...(as === 'disk' && { statfsSync: (path: string) => ({ ...statfsSync(path), bavail: 0, bfree: 0 }) }),
  });
  syncBuiltinESMExports();
  return () => {
    Object.assign(fs, { writeSync, ftruncateSync, statfsSync });
    syncBuiltinESMExports();
  };
}
