import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Head } from './audit-chain.ts';
import { fsyncDirectory } from './fsync.ts';

/**
 * The head files: one per epoch, outside the database, each naming the last row of its chain. Overwritten in place, always
 * with the same length: one write, which a killed process has done or not done. It follows the commit, so a file can lag
 * behind its chain, and never runs ahead of it.
 */
export interface HeadFile extends Disposable {
  /** Reaches the kernel, not yet the disk. */
  write(head: Head): void;
  sync(): void;
}

const headLength = 256;
const headSchema = z.strictObject({
  epoch: z.string(),
  seq: z.int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

export function createHeadFile(directory: string, epoch: string): HeadFile {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const descriptor = openSync(join(directory, `${epoch}.json`), 'wx', 0o600);
  fsyncDirectory(directory);
  let open = true;
  return {
    write: (head) => {
      const line = Buffer.from(`${JSON.stringify(head).padEnd(headLength - 1)}\n`);
      if (writeSync(descriptor, line, 0, line.length, 0) !== line.length)
        throw new Error('the head file was cut short');
      ftruncateSync(descriptor, line.length);
    },
    sync: () => fsyncSync(descriptor),
    [Symbol.dispose]: () => {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}

export type HeadReading = { readonly file: string } & ({ readonly head: Head } | { readonly error: unknown });

/** Every head file there is; one that cannot be read is told as such, never left out. No directory: no files. */
export function readHeads(directory: string): readonly HeadReading[] {
  let files: readonly string[];
  try {
    files = readdirSync(directory);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return files
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      try {
        const head = headSchema.parse(JSON.parse(readFileSync(join(directory, file), 'utf8')));
        if (file !== `${head.epoch}.json`) throw new Error('the file is named after another epoch');
        return { file, head };
      } catch (error) {
        return { file, error };
      }
    });
}
