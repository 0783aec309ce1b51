import { onPostgres } from '../../src/store/on-postgres.fixture.ts';
import { openPostgres } from '../../src/store/postgres.ts';
import { describePostings } from './postings.contract.ts';

await onPostgres(async (postgres) => {
  const server = await postgres.freshDatabase();
  describePostings('a Postgres server', async () => [await openPostgres(server), await openPostgres(server)]);
});
