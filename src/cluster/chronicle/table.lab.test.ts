import { onPostgres } from '../../store/on-postgres.fixture.ts';
import { openPostgres } from '../../store/postgres.ts';
import { describeTable } from './table.contract.ts';

await onPostgres(async (postgres) => {
  const server = await postgres.freshDatabase();
  describeTable('a Postgres server', () => openPostgres(server));
});
