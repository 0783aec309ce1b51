import { CastellanError } from '../kit/index.ts';
import { openStore, takeStoreLock } from './open.ts';

/** A process that opens the store, uses every part of it, closes it, and then has nothing left that keeps it alive. */
const [home = ''] = process.argv.slice(2);
const config = {
  home,
  database: { kind: 'embedded', directory: `${home}/database` },
  backup: { everyHours: 1, keep: 1 },
} as const;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
try {
  const lock = takeStoreLock(config, { socket: `${home}/agent.sock`, build: 'test' });
  await using store = await openStore({ config, build: 'test', log: silent, lock });
  await store.jobs.work('look', async () => undefined);
  await store.jobs.enqueue('look');
  process.stdout.write('opened\n');
} catch (error) {
  if (!(error instanceof CastellanError)) throw error;
  process.stdout.write(`${error.code}\n`);
}
