import { openStore, takeStoreLock } from './open.ts';

/**
 * A process that opens the store in the home given to it and writes until it is killed: a row and its audit row per turn, each
 * acknowledged with a line on stdout only when both are committed.
 */
const [home = '', round = ''] = process.argv.slice(2);
const config = {
  home,
  database: { kind: 'embedded', directory: `${home}/database` },
  backup: { everyHours: 0, keep: 1 },
} as const;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const lock = takeStoreLock(config, { socket: `${home}/agent.sock`, build: 'test' });
const store = await openStore({ config, build: 'test', log: silent, lock });
await store.database.execute('create table if not exists public.written (note text primary key)');
process.stdout.write('ready\n');

for (let count = 0; ; count += 1) {
  const note = `${round}-${count}`;
  await store.database.transaction(async (transaction) => {
    await transaction.query('insert into public.written values ($1)', [note]);
  });
  await store.audit.append({
    principal: { agent: 'agent:writer', human: 'human:robin', via: 'socket', scopes: ['record'] },
    client: note,
    tool: 'memory_write',
    input: { note },
    effect: 'record',
    outcome: 'ok',
    bytes: note.length,
    ms: 1,
    at: new Date(),
  });
  process.stdout.write(`${note}\n`);
}
