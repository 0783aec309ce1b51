import { expect, test } from 'vitest';
import { limits } from './limits.ts';
import { readInput } from './read-input.ts';

/** A descriptor that gives these, one a read: texts, what reading fails with, and then the end. */
function descriptor(...given: readonly (string | Error)[]): (into: Buffer) => number {
  const left = [...given];
  return (into) => {
    const next = left.shift() ?? '';
    if (next instanceof Error) throw next;
    return into.write(next);
  };
}

const empty = Object.assign(new Error('resource temporarily unavailable'), { code: 'EAGAIN' });
const closed = Object.assign(new Error('bad file descriptor'), { code: 'EBADF' });

test('what comes in pieces is put together', () => {
  expect(readInput(descriptor('{"a":', '1}'))).toBe('{"a":1}');
});

test('a pipe that is empty yet, before and between the pieces, is waited for', () => {
  const paused: number[] = [];
  const read = descriptor(empty, empty, 'kubectl ', empty, 'delete');
  expect(readInput(read, (milliseconds) => paused.push(milliseconds))).toBe('kubectl delete');
  expect(paused).toHaveLength(3);
});

test('it is not waited for without end', () => {
  const read = (): number => {
    throw empty;
  };
  expect(() => readInput(read, () => undefined)).toThrow(empty);
});

test('a pipe that cannot be read is told', () => {
  expect(() => readInput(descriptor('kube', closed))).toThrow(closed);
});

test('what is too long is not read to its end', () => {
  let read = 0;
  const endless = (into: Buffer): number => {
    read += into.length;
    return into.length;
  };
  expect(readInput(endless)).toBeUndefined();
  expect(read).toBeLessThan(limits.input + 100_000);
});
