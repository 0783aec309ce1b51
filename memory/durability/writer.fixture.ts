import { writeSync } from 'node:fs';
import { CastellanError } from '../../src/kit/index.ts';
import { keepWriting, openKeeper } from './keeper.fixture.ts';

/** A process that opens memory in the home given to it and writes until it is killed, or as many times as it is told; a line a step. */
const [home = '', turns = 'Infinity'] = process.argv.slice(2);
const tell = (value: unknown): void => void writeSync(1, `${JSON.stringify(value)}\n`);
try {
  await using keeper = await openKeeper(home);
  tell({ ready: true });
  await keepWriting(keeper.memory, tell, Number(turns));
} catch (error) {
  if (!(error instanceof CastellanError)) throw error;
  tell({ error: error.code, message: error.message });
}
