import { mkdirSync, writeSync } from 'node:fs';
import { recordDisk } from './disk-recorder.fixture.ts';
import { keepWriting, openKeeper } from './keeper.fixture.ts';

/**
 * A process that keeps memories, on a disk whose power is cut again and again: at random operations, the first while the database
 * is made, what would be left of its home is written beside it, with a line that says so among the lines of its steps.
 */
const [folder = '', count = '1'] = process.argv.slice(2);
const home = `${folder}/home`;
mkdirSync(home);
const tell = (value: unknown): void => void writeSync(1, `${JSON.stringify(value)}\n`);
const cuts = Number(count);
let done = 0;
let left = 1 + Math.floor(Math.random() * 2_000);
let cutting = false;
const recorder = recordDisk(home, () => {
  left -= 1;
  if (left > 0 || cutting || done === cuts) return;
  cutting = true;
  recorder.cut(`${folder}/cut-${done}`);
  tell({ cut: done });
  done += 1;
  left = done === 1 ? Number.POSITIVE_INFINITY : 1 + Math.floor(Math.random() * 120);
  cutting = false;
});
const keeper = await openKeeper(home);
left = 1 + Math.floor(Math.random() * 60);
await keepWriting(keeper.memory, (step) => {
  tell(step);
  if (done === cuts) process.kill(process.pid, 'SIGKILL');
});
