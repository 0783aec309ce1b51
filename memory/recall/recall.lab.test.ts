import { afterAll, expect, it } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { openPostgres } from '../../src/store/postgres.ts';
import { findPostgres } from '../../src/store/throwaway-postgres.fixture.ts';
import { describeRecall } from './recall.contract.ts';
import { describeShown } from './shown.contract.ts';

const postgres = await findPostgres(process.env);

if (postgres === undefined) {
  it('is left out: there is no server here, and this is not CI', () => {
    expect(process.env['CI']).not.toBe('true');
  });
} else {
  const database = await openPostgres(await postgres.freshDatabase());
  await migrate(database, { build: 'test' });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    await postgres[Symbol.asyncDispose]();
  });
  describeRecall('a Postgres server', async () => database);
  describeShown('a Postgres server', async () => database);
}
