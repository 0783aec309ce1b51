import { afterAll, expect, it } from 'vitest';
import { migrate } from '../src/store/migrate.ts';
import { openPostgres } from '../src/store/postgres.ts';
import { findPostgres } from '../src/store/throwaway-postgres.fixture.ts';
import { useLab } from '../test/lab/use-lab.ts';
import { describeDenseEngine } from './dense-engine.contract.ts';

const lab = await useLab();
const postgres =
  lab?.postgres === undefined ? undefined : await findPostgres({ CASTELLAN_TEST_POSTGRES_URL: lab.postgres.admin });

if (postgres === undefined) {
  it('needs the lab with its Postgres: npm run lab -- build', () => expect.unreachable());
} else {
  afterAll(() => postgres[Symbol.asyncDispose]());
  const fresh = await postgres.freshDatabase();
  describeDenseEngine('a Postgres server', async () => {
    const database = await openPostgres(fresh);
    await migrate(database, { build: 'test' });
    return database;
  });
}
