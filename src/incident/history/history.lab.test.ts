import { afterAll } from 'vitest';
import { migrate } from '../../store/migrate.ts';
import { onPostgres } from '../../store/on-postgres.fixture.ts';
import { openPostgres } from '../../store/postgres.ts';
import { describeHistory } from './history.contract.ts';

await onPostgres(async (postgres) => {
  const database = await openPostgres(await postgres.freshDatabase());
  await migrate(database, { build: 'test' });
  afterAll(() => database[Symbol.asyncDispose]());
  describeHistory('a Postgres server', async () => database);
});
