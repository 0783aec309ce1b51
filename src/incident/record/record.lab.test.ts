import { onPostgres } from '../../store/on-postgres.fixture.ts';
import { openPostgres } from '../../store/postgres.ts';
import { describeRecord } from './record.contract.ts';

await onPostgres(async (postgres) => {
  const server = await postgres.freshDatabase();
  describeRecord('a Postgres server', async () => [await openPostgres(server), await openPostgres(server)]);
});
