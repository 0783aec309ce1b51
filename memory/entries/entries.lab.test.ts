import { onPostgres } from '../../src/store/on-postgres.fixture.ts';
import { openPostgres } from '../../src/store/postgres.ts';
import { describeEntries } from './entries.contract.ts';

await onPostgres(async (postgres) => {
  const server = await postgres.freshDatabase();
  describeEntries('a Postgres server', async () => [await openPostgres(server), await openPostgres(server)]);
});
