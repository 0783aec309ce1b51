import { createInterface } from 'node:readline';
import { CastellanError } from '../kit/index.ts';
import { type DataLock, takeLock } from './lock.ts';

/** A process of its own that takes and releases locks as the lines on its stdin say, and answers each with one line. */
const held = new Map<string, DataLock>();

for await (const line of createInterface({ input: process.stdin })) {
  const [order, directory = ''] = line.split(' ');
  process.stdout.write(`${order === 'take' ? take(directory) : release(directory)}\n`);
}

function take(directory: string): string {
  try {
    held.set(directory, takeLock({ directory, socket: '/run/castellan/agent.sock', build: 'test' }));
    return 'won';
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    return error.code;
  }
}

function release(directory: string): string {
  held.get(directory)?.release();
  return 'released';
}
