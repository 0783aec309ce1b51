import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';

/**
 * A file read whole through one descriptor, so that what was looked at is what is read. Waits for nobody: a pipe in a
 * file's place is told, not opened. Throws the system's errors, and TypeError for bytes that are not UTF-8.
 */
export interface SmallFile {
  readonly stats: Stats;
  /** Undefined when it is no regular file, or larger than the limit. */
  readonly text: string | undefined;
}

export function readSmallFile(path: string, limitBytes: number): SmallFile {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > limitBytes) return { stats, text: undefined };
    const bytes = Buffer.alloc(limitBytes + 1);
    let length = 0;
    for (;;) {
      const read = readSync(descriptor, bytes, length, bytes.byteLength - length, null);
      if (read === 0) break;
      length += read;
      if (length > limitBytes) return { stats, text: undefined };
    }
    return { stats, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length)) };
  } finally {
    closeSync(descriptor);
  }
}

/** `ENOENT`, `EACCES`, …; undefined for what is no system error. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined;
}
