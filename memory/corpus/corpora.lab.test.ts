import { afterAll } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { onPostgres } from '../../src/store/on-postgres.fixture.ts';
import { openPostgres } from '../../src/store/postgres.ts';
import { describeCorpora } from './corpora.contract.ts';

await onPostgres(async (postgres) => {
  const database = await openPostgres(await postgres.freshDatabase());
  await migrate(database, { build: 'test' });
  afterAll(() => database[Symbol.asyncDispose]());
  describeCorpora('a Postgres server', async () => database);
});
