import { limits } from './limits.ts';

/** A client that writes later than this has no answer left to wait for. */
const patience = { pauses: 200, pauseMs: 20 };

/**
 * The whole input, read by `read` as `readSync` reads a descriptor; undefined where it is too long. Some clients give a pipe that
 * does not block: as long as it is empty, reading it fails, and that is no end of the input.
 * @throws what `read` throws
 */
export function readInput(
  read: (into: Buffer) => number,
  pause: (milliseconds: number) => void = wait,
): string | undefined {
  const chunks: Buffer[] = [];
  let length = 0;
  let pauses = 0;
  for (const chunk = Buffer.alloc(65_536); ; ) {
    let size: number;
    try {
      size = read(chunk);
    } catch (error) {
      if (!isEmptyYet(error) || pauses === patience.pauses) throw error;
      pauses += 1;
      pause(patience.pauseMs);
      continue;
    }
    if (size === 0) return Buffer.concat(chunks).toString();
    length += size;
    if (length > limits.input) return undefined;
    chunks.push(Buffer.from(chunk.subarray(0, size)));
  }
}

function isEmptyYet(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}

function wait(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
