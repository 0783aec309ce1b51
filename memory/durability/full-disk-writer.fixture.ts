import { readdirSync } from 'node:fs';
import { CastellanError } from '../../src/kit/index.ts';
import { fillDisk } from './full-disk.fixture.ts';
import { keepWriting, openKeeper, type Step } from './keeper.fixture.ts';

/** One line: a step, or what a refusal said. */
export interface FullDiskLine extends Step {
  readonly refused?: string;
}

/**
 * A process whose disk is full at the moments when the database's log needs its next file, without which the database cannot
 * go on: first as the disk itself tells, and then there is room again; last by a quota, of which the disk tells nothing.
 */
const [home = ''] = process.argv.slice(2);
const send = (line: FullDiskLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const keeper = await openKeeper(home);
const { memory, database } = keeper;

await keepWriting(memory, send, 12);
await useLogUp();
const makeRoom = fillDisk('disk');
await sendRefusal(() => keepWriting(memory, send, 12));
await sendRefusal(() => database.query('select 1'));
makeRoom();
await keepWriting(memory, send, 6);

await useLogUp();
fillDisk('quota');
await sendRefusal(() => keepWriting(memory, send, 12));
await sendRefusal(() => database.query('select 1'));
await sendRefusal(async () => await keeper[Symbol.asyncDispose]());

/** Until no file is there, made or kept for later, that the log could go on in. */
async function useLogUp(): Promise<void> {
  for (;;) {
    await database.query(`select pg_logical_emit_message(false, 'castellan', 'something to switch after')`);
    const [written] = await database.query<{ file: string }>('select pg_walfile_name(pg_switch_wal()) as file');
    const file = written?.file ?? '';
    if (!readdirSync(`${home}/database/pg_wal`).some((name) => name.length === file.length && name > file)) return;
  }
}

async function sendRefusal(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    send({ refused: `${error.code}: ${error.message}` });
  }
}
