import { fillDisk } from './full-disk.fixture.ts';
import { keepWriting, openKeeper, type Step } from './keeper.fixture.ts';

/**
 * A process whose disk is full at the moment when the database's log needs its next file. The database cannot go on without it,
 * and in this process it may never answer again: what counts is what the next process finds.
 */
const [home = ''] = process.argv.slice(2);
const send = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const tell = (step: Step): void => send(step);
const keeper = await openKeeper(home);
await keepWriting(keeper.memory, tell, 12);
fillDisk();
await keeper.database.query('select pg_switch_wal()');
send({ full: true });
// The line above is on its way before the database may take this thread for good.
await new Promise((resolve) => setTimeout(resolve, 100));
await keepWriting(keeper.memory, tell, 12);
